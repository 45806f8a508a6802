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
)

// defaultOTLP is where OTEL_TRACES_EXPORTER=otlp sends when nothing else is set.
const defaultOTLP = "http://localhost:4318" + endpoint.OTLPPath

var (
	errProtocol     = errors.New("this version speaks http/protobuf only")
	errExporter     = errors.New("not one of none, otlp, jaeger, nor a list with one of them")
	errUserAndToken = errors.New("a user is set as well, and only one of them can be sent")
)

// parseExporter reads a list, of which one member counts, as the environment names
// one destination: otlp, else jaeger, else none. "none" beside another contradicts it;
// the specification does not say which of the two is meant.
func (r *reader) parseExporter(list string) error {
	var members []string
	for _, member := range strings.Split(strings.ToLower(list), ",") {
		if member = strings.TrimSpace(member); member != "" {
			members = append(members, member)
		}
	}
	for _, known := range []string{"otlp", "jaeger", "none"} {
		if !slices.Contains(members, known) {
			continue
		}
		r.exporter = known
		if slices.ContainsFunc(members, func(member string) bool { return member != known }) {
			const name = "OTEL_TRACES_EXPORTER"
			r.warn("spur: one exporter of the list is used, the others are ignored", "variable", name, "value", r.shown(name), "used", known)
		}
		return nil
	}
	return errExporter
}

// parseCollector reads JAEGER_ENDPOINT.
func (r *reader) parseCollector(value string) error {
	e, err := endpoint.ParseHTTP(value)
	if err == nil {
		e.SetBy = "JAEGER_ENDPOINT"
		r.collector = &e
	}
	return err
}

// parseOTLPBase reads the URL below which the path of OTLP is.
func (r *reader) parseOTLPBase(value string) error {
	u, _, err := address.URL(value)
	if err != nil {
		return err
	}
	r.baseIsWhole = slices.ContainsFunc([]string{endpoint.OTLPPath, "/v1/metrics", "/v1/logs", "/api/traces"}, func(path string) bool {
		return strings.HasSuffix(strings.TrimRight(u.Path, "/"), path)
	})
	return r.parseOTLP(u.JoinPath(endpoint.OTLPPath).String(), otlpPrefix+"ENDPOINT")
}

func (r *reader) parseOTLPWhole(value string) error {
	return r.parseOTLP(value, otlpTracesPrefix+"ENDPOINT")
}

func (r *reader) parseOTLP(value, name string) error {
	e, err := endpoint.ParseHTTP(value)
	if err == nil {
		e.SetBy, e.Format = name, transport.OTLP
		r.otlp = &e
	}
	return err
}

// setEndpoint chooses where spans go.
func (r *reader) setEndpoint() {
	if !r.isSet("JAEGER_ENDPOINT") {
		r.warnOfUnused("spur: not used: these variables go with JAEGER_ENDPOINT, which is not set", "JAEGER_USER", "JAEGER_PASSWORD", "JAEGER_AUTH_TOKEN")
	}
	switch {
	case r.exporter == "none":
		r.NoExport, r.Source = true, "OTEL_TRACES_EXPORTER"
		return
	case r.isSet("JAEGER_ENDPOINT"):
		r.Endpoint = r.collectorEndpoint()
	case r.agentHost != "" || r.agentPort != "":
		r.Endpoint = r.agentEndpoint()
	case r.exporter == "otlp" || r.exporter == "" && r.otlp != nil:
		r.Endpoint = r.otlpEndpoint()
	}
	if r.Endpoint != nil {
		r.Source = r.Endpoint.SetBy
	}
}

func (r *reader) agentEndpoint() *endpoint.Endpoint {
	e := endpoint.Default()
	e.SetBy = "JAEGER_AGENT_PORT"
	if r.agentHost != "" {
		e.SetBy = "JAEGER_AGENT_HOST"
	}
	e.Address = address.Join(cmp.Or(r.agentHost, "localhost"), cmp.Or(r.agentPort, "6831"))
	return &e
}

// collectorEndpoint is JAEGER_ENDPOINT with its credentials.
func (r *reader) collectorEndpoint() *endpoint.Endpoint {
	e := r.collector
	if e == nil { // wrong, and reported; so will be what is wrong with the credentials
		e = &endpoint.Endpoint{Address: "http://localhost"}
	}
	r.addCredentials(e)
	if e.Format == transport.OTLP {
		e.HTTP.Gzip, e.HTTP.Timeout = r.otlpGzip == "gzip", r.otlpTimeout
		r.warnOfUnused("spur: not sent to JAEGER_ENDPOINT: these variables are meant for the endpoints of OTEL_EXPORTER_OTLP_…",
			r.otlpName("HEADERS"), r.otlpName("CERTIFICATE"), r.otlpName("CLIENT_CERTIFICATE"), r.otlpName("CLIENT_KEY"))
	}
	return r.collector
}

// addCredentials adds what JAEGER_USER and the like say.
func (r *reader) addCredentials(e *endpoint.Endpoint) {
	o := &e.HTTP
	user, password := r.values["JAEGER_USER"], r.values["JAEGER_PASSWORD"]
	check := func(name string) {
		if err := o.Check(e.Address); err != nil {
			r.wrong(name, err)
		}
	}
	switch {
	case user != "" && password == "":
		r.wrong("JAEGER_USER", errors.New("JAEGER_PASSWORD must be set with it"))
	case password != "" && user == "":
		r.wrong("JAEGER_PASSWORD", errors.New("JAEGER_USER must be set with it"))
	case user != "":
		o.Username, o.Password = user, password
		check("JAEGER_USER")
	}
	switch {
	case r.token == "":
	case user != "" || o.Username != "" || o.Password != "":
		r.wrong("JAEGER_AUTH_TOKEN", errUserAndToken)
	default:
		o.BearerToken = r.token
		check("JAEGER_AUTH_TOKEN")
	}
}

// otlpEndpoint returns the endpoint that OTEL_* variables ask for, if it can be used
// as they want. What protects it is never left out.
func (r *reader) otlpEndpoint() *endpoint.Endpoint {
	e := r.otlp
	if e == nil {
		e = &endpoint.Endpoint{SetBy: "OTEL_TRACES_EXPORTER", Format: transport.OTLP, Address: defaultOTLP}
	}
	e.HTTP.Gzip, e.HTTP.Timeout = r.otlpGzip == "gzip", r.otlpTimeout
	if name, err := r.protect(e); err != nil {
		r.warn("spur: OTLP endpoint not used", "variable", name, "value", r.shown(name), "error", err, "endpoint", address.Hide(e.Address))
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
	protocol := r.otlpName("PROTOCOL")
	if p := r.values[protocol]; p != "" && !strings.EqualFold(p, "http/protobuf") {
		return protocol, errProtocol
	}
	o := &e.HTTP
	headers, ca, cert, key := r.otlpName("HEADERS"), r.otlpName("CERTIFICATE"), r.otlpName("CLIENT_CERTIFICATE"), r.otlpName("CLIENT_KEY")
	if o.Header, err = r.headers(headers); err != nil {
		return headers, err
	}
	if err := o.Check(e.Address); err != nil {
		return headers, err
	}
	o.CAFile = r.values[ca]
	if err := o.Check(e.Address); err != nil {
		return ca, err
	}
	o.CertFile, o.KeyFile = r.values[cert], r.values[key]
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
