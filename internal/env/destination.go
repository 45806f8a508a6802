// SPDX-License-Identifier: Apache-2.0

package env

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/transport"
)

// otlpPrefix begins the names of variables that hold for all signals;
// otlpTracesPrefix those that win for traces.
const (
	otlpPrefix       = "OTEL_EXPORTER_OTLP_"
	otlpTracesPrefix = otlpPrefix + "TRACES_"
	exporterVariable = "OTEL_TRACES_EXPORTER"
)

// defaultOTLP is where OTEL_TRACES_EXPORTER=otlp sends when nothing else is set.
const defaultOTLP = "http://localhost:4318" + endpoint.OTLPPath

var (
	errGRPC         = errors.New("spur sends http/protobuf: set http/protobuf, and port 4318 instead of 4317")
	errProtocol     = errors.New("spur sends http/protobuf only")
	errExporter     = errors.New("not one of none, otlp, jaeger, console, nor a list with one of them")
	errUserAndToken = errors.New("a user is set as well, and only one of them can be sent")
)

// parseExporters reads a list: console counts beside one other, otlp, else jaeger, as
// the environment names one destination. "none" beside another contradicts it; the
// specification does not say which of the two is meant.
func (r *reader) parseExporters(list string) error {
	var used []string
	members := split(strings.ToLower(list))
	r.Console = slices.Contains(members, "console")
	if r.Console {
		used = []string{"console"}
	}
	for _, known := range []string{"otlp", "jaeger", "none"} {
		if slices.Contains(members, known) && (known != "none" || !r.Console) {
			r.exporter, used = known, append(used, known)
			break
		}
	}
	if len(used) == 0 {
		return errExporter
	}
	if slices.ContainsFunc(members, func(member string) bool { return !slices.Contains(used, member) }) {
		r.warn("spur: not all exporters of the list are used", "variable", exporterVariable, "value", r.shown(exporterVariable), "used", used)
	}
	return nil
}

// split cuts a list at its commas, and leaves out what is blank.
func split(list string) (members []string) {
	for _, member := range strings.Split(list, ",") {
		if member = strings.TrimSpace(member); member != "" {
			members = append(members, member)
		}
	}
	return members
}

// setEndpoint chooses where spans go.
func (r *reader) setEndpoint() {
	if !r.isSet("JAEGER_ENDPOINT") {
		r.warnOfUnused("spur: not used: these variables go with JAEGER_ENDPOINT, which is not set", "JAEGER_USER", "JAEGER_PASSWORD", "JAEGER_AUTH_TOKEN")
	}
	switch host, port := r.text("JAEGER_AGENT_HOST"), r.text("JAEGER_AGENT_PORT"); {
	case r.exporter == "none" || r.exporter == "" && r.Console:
		r.NoExport, r.Source = true, exporterVariable
		r.warnOfElsewhere("JAEGER_ENDPOINT", "JAEGER_AGENT_HOST", "JAEGER_AGENT_PORT", otlpTracesPrefix+"ENDPOINT")
		return
	case r.isSet("JAEGER_ENDPOINT"):
		r.Endpoint = r.collectorEndpoint()
	case host != "" || port != "":
		e := endpoint.Default()
		e.SetBy = "JAEGER_AGENT_PORT"
		if host != "" {
			e.SetBy = "JAEGER_AGENT_HOST"
		}
		e.Address = address.Join(cmp.Or(host, "localhost"), cmp.Or(port, "6831"))
		r.Endpoint = &e
	case r.exporter == "otlp" || r.exporter == "" && r.otlp != nil:
		r.Endpoint = r.otlpEndpoint()
	}
	if e := r.Endpoint; e != nil {
		r.Source = e.SetBy
		r.warnOfElsewhere(r.losers()...)
		if hint := e.Hint(); hint != "" {
			r.warn("spur: "+hint, "variable", e.SetBy, "endpoint", address.Hide(e.Address))
		}
	}
}

func (r *reader) warnOfElsewhere(names ...string) {
	r.warnOfUnused("spur: spans do not go where these variables say, since "+r.Source+" is set", names...)
}

// losers are the variables that name another place than Endpoint. An agent beside a
// collector may still be the one that says how to sample.
func (r *reader) losers() (names []string) {
	if r.Source == "JAEGER_ENDPOINT" {
		if r.Sampler != "" && r.Sampler != "remote" || r.SamplingEndpoint != r.agentSampling() {
			names = append(names, "JAEGER_AGENT_HOST")
		}
		names = append(names, "JAEGER_AGENT_PORT")
	}
	if r.exporter == "otlp" && r.Endpoint.Format != transport.OTLP {
		names = append(names, exporterVariable)
	}
	if r.otlp != nil && r.otlp.Address != r.Endpoint.Address && r.exporter != "jaeger" {
		names = append(names, r.otlp.SetBy)
	}
	return names
}

// collectorEndpoint is JAEGER_ENDPOINT with its credentials.
func (r *reader) collectorEndpoint() *endpoint.Endpoint {
	e := r.collector
	if e == nil { // wrong, and reported; so will be what is wrong with the credentials
		e = &endpoint.Endpoint{Address: "http://localhost"}
	}
	r.addCredentials(e)
	if e.Format == transport.OTLP {
		r.setOTLP(e)
		r.warnOfUnused("spur: not sent to JAEGER_ENDPOINT: these variables are meant for the endpoints of OTEL_EXPORTER_OTLP_…",
			r.otlpName("HEADERS"), r.otlpName("CERTIFICATE"), r.otlpName("CLIENT_CERTIFICATE"), r.otlpName("CLIENT_KEY"))
	}
	return r.collector
}

func (r *reader) setOTLP(e *endpoint.Endpoint) {
	e.HTTP.Gzip = r.text(r.otlpName("COMPRESSION")) == "gzip"
	e.HTTP.Timeout = r.time(r.otlpName("TIMEOUT"))
}

// addCredentials adds what JAEGER_USER and the like say.
func (r *reader) addCredentials(e *endpoint.Endpoint) {
	o := &e.HTTP
	user, password, token := r.text("JAEGER_USER"), r.text("JAEGER_PASSWORD"), r.text("JAEGER_AUTH_TOKEN")
	if (user == "") != (password == "") {
		name, other := "JAEGER_USER", "JAEGER_PASSWORD"
		if user == "" {
			name, other = other, name
		}
		r.wrong(name, errors.New(other+" must be set with it"))
	} else if user != "" {
		o.Username, o.Password = user, password
		r.check("JAEGER_USER", e)
	}
	switch {
	case token == "":
	case user != "" || o.Username != "" || o.Password != "":
		r.wrong("JAEGER_AUTH_TOKEN", errUserAndToken)
	default:
		o.BearerToken = token
		r.check("JAEGER_AUTH_TOKEN", e)
	}
}

// check blames a variable for what is wrong with an endpoint.
func (r *reader) check(name string, e *endpoint.Endpoint) {
	if err := e.HTTP.Check(e.Address); err != nil {
		r.wrong(name, err)
	}
}

// otlpEndpoint returns the endpoint that OTEL_* variables ask for, if it can be used
// as they want. What protects it is never left out.
func (r *reader) otlpEndpoint() *endpoint.Endpoint {
	e := r.otlp
	if e == nil {
		e = &endpoint.Endpoint{SetBy: exporterVariable, Format: transport.OTLP, Address: defaultOTLP}
	}
	r.setOTLP(e)
	if name, err := r.protect(e); err != nil {
		r.Unusable = &Unusable{Address: address.Hide(e.Address), Name: name}
		r.warn("spur: OTLP endpoint not used, and spans that have no other destination are lost",
			"variable", name, "value", r.shown(name), "error", err, "endpoint", r.Unusable.Address)
		return nil
	}
	if e.SetBy == otlpPrefix+"ENDPOINT" && r.baseIsWhole {
		r.warn("spur: /v1/traces is added to OTEL_EXPORTER_OTLP_ENDPOINT, which looks whole already; a whole URL belongs into OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
			"variable", e.SetBy, "value", r.shown(e.SetBy), "endpoint", address.Hide(e.Address))
	}
	return e
}

// protect checks the protocol, and adds headers and certificates, checking each. With
// an error comes the variable to name.
func (r *reader) protect(e *endpoint.Endpoint) (name string, err error) {
	protocol, headers := r.otlpName("PROTOCOL"), r.otlpName("HEADERS")
	switch r.text(protocol) {
	case "grpc":
		return protocol, errGRPC
	case "http/json":
		return protocol, errProtocol
	}
	o := &e.HTTP
	if o.Header, err = r.headers(headers); err == nil {
		err = o.Check(e.Address)
	}
	if err != nil {
		return headers, err
	}
	ca, cert, key := r.otlpName("CERTIFICATE"), r.otlpName("CLIENT_CERTIFICATE"), r.otlpName("CLIENT_KEY")
	o.CAFile = r.text(ca)
	if err := o.Check(e.Address); err != nil {
		return ca, err
	}
	o.CertFile, o.KeyFile = r.text(cert), r.text(key)
	switch {
	case o.CertFile != "" && o.KeyFile == "":
		return cert, errors.New(key + " must be set with it")
	case o.KeyFile != "" && o.CertFile == "":
		return key, errors.New(cert + " must be set with it")
	}
	return cert, o.Check(e.Address)
}

// otlpName returns the name of the variable that counts for a setting.
func (r *reader) otlpName(setting string) string {
	if r.isSet(otlpTracesPrefix + setting) {
		return otlpTracesPrefix + setting
	}
	return otlpPrefix + setting
}
