// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-spur/spur/transport"
)

var errToken = errors.New("contains characters that a header cannot carry")

// setEndpoint chooses where spans go: see FromEnv for the order. Without any of
// its variables it leaves what options before it have set.
func (e *env) setEndpoint() {
	c := e.c
	e.warnOfStrays()
	if e.exporter == "none" {
		c.endpoints, c.noEndpoint, c.source = nil, true, "OTEL_TRACES_EXPORTER"
		return
	}
	var chosen endpoint
	var ok bool
	switch {
	case e.isSet("JAEGER_ENDPOINT"):
		chosen, ok = e.collectorEndpoint()
	case e.host != "" || e.port != "":
		chosen, ok = e.agentEndpoint(), true
	default:
		chosen, ok = e.otlpEndpoint()
	}
	if ok {
		c.endpoints, c.noEndpoint, c.source = []endpoint{chosen}, false, chosen.setBy
	}
}

// collectorEndpoint is JAEGER_ENDPOINT, if that is right, with its credentials.
func (e *env) collectorEndpoint() (endpoint, bool) {
	chosen, err := parseHTTP(e.collector)
	e.addCredentials(&chosen)
	if err != nil {
		return endpoint{}, false // jaegerEndpoint has said so
	}
	chosen.setBy = "JAEGER_ENDPOINT"
	if chosen.format == transport.OTLP {
		chosen.http.Gzip, chosen.http.Timeout = e.otlp.gzip, e.otlp.timeout
		e.warnUnused("spur: not sent to JAEGER_ENDPOINT: these variables are meant for the endpoints of OTEL_EXPORTER_OTLP_…", e.otlpCredentials()...)
	}
	return chosen, true
}

// addCredentials adds what JAEGER_USER and the like say.
func (e *env) addCredentials(chosen *endpoint) {
	o := &chosen.http
	user, password := e.isSet("JAEGER_USER"), e.isSet("JAEGER_PASSWORD")
	switch {
	case user && !password:
		e.wrong("JAEGER_USER", errors.New("JAEGER_PASSWORD must be set with it"))
	case password && !user:
		e.wrong("JAEGER_PASSWORD", errors.New("JAEGER_USER must be set with it"))
	case user:
		o.Username, o.Password = e.set["JAEGER_USER"].value, e.set["JAEGER_PASSWORD"].value
		e.check("JAEGER_USER", chosen)
	}
	switch {
	case e.token == "":
	case user || o.Username != "" || o.Password != "":
		e.wrong("JAEGER_AUTH_TOKEN", errors.New("a user is set as well, and only one of them can be sent"))
	default:
		o.BearerToken = e.token
		e.check("JAEGER_AUTH_TOKEN", chosen)
	}
}

// check blames a variable for what is wrong with an endpoint whose URL is right.
func (e *env) check(name string, chosen *endpoint) {
	if chosen.address == "" {
		return
	}
	if _, err := chosen.transport(&sending{}); err != nil {
		e.wrong(name, err)
	}
}

// agentEndpoint combines host and port.
func (e *env) agentEndpoint() endpoint {
	chosen := defaultEndpoint()
	host, port, _ := net.SplitHostPort(chosen.address)
	chosen.setBy = "JAEGER_AGENT_PORT"
	if e.host != "" {
		host, chosen.setBy = e.host, "JAEGER_AGENT_HOST"
	}
	if e.port != "" {
		port = e.port
	}
	chosen.address = net.JoinHostPort(host, port)
	return chosen
}

// warnOfStrays names credentials for an endpoint that is not set.
func (e *env) warnOfStrays() {
	if !e.isSet("JAEGER_ENDPOINT") {
		e.warnUnused("spur: not used: these variables go with JAEGER_ENDPOINT, which is not set", "JAEGER_USER", "JAEGER_PASSWORD", "JAEGER_AUTH_TOKEN")
	}
}

// warnUnused logs which of the variables are set, if any is.
func (e *env) warnUnused(msg string, names ...string) {
	var set []string
	for _, name := range names {
		if e.isSet(name) {
			set = append(set, name)
		}
	}
	if len(set) > 0 {
		e.c.warn(msg, "variables", set)
	}
}

func jaegerEndpoint(e *env, value string) error {
	_, err := parseHTTP(value)
	if err == nil {
		e.collector = value
	}
	return err
}

// otelExporter reads a list, of which one member counts, as the environment names
// one destination: otlp, else jaeger, else none. "none" beside another contradicts
// it; the specification does not say which of the two is meant.
func otelExporter(e *env, list string) error {
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
		e.exporter = known
		if slices.ContainsFunc(members, func(member string) bool { return member != known }) {
			e.c.warn("spur: one exporter of the list is used, the others are ignored", "variable", "OTEL_TRACES_EXPORTER", "value", e.shown("OTEL_TRACES_EXPORTER"), "used", known)
		}
		return nil
	}
	return errors.New("not one of none, otlp, jaeger, nor a list with one of them")
}

func agentHost(e *env, value string) (err error) {
	e.host, err = parseHost(value)
	return err
}

func agentPort(e *env, value string) error {
	if err := portOnly(e, value); err != nil {
		return err
	}
	e.port = value
	return nil
}

func authToken(e *env, value string) error {
	if !isHeaderValue(value) {
		return errToken
	}
	e.token = value
	return nil
}

// isHeaderValue reports whether a header can carry a text of ours.
func isHeaderValue(value string) bool {
	for i := 0; i < len(value); i++ {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}

func setQueueSpans(e *env, n int) { e.c.sending.queueSpans = n }

func setFlushInterval(e *env, d time.Duration) { e.c.sending.flushInterval = d }

// below returns the URL of a path below that of base.
func below(base, path string) (string, error) {
	if err := webURL(nil, base); err != nil {
		return "", err
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", errURL // webURL has seen it
	}
	if u.RawPath != "" {
		u.RawPath = strings.TrimRight(u.RawPath, "/") + path
	}
	u.Path = strings.TrimRight(u.Path, "/") + path
	return u.String(), nil
}
