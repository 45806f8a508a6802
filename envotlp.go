// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-spur/spur/transport"
)

var (
	errHeaderName  = errors.New("a header name must be made of letters, digits and hyphens or other characters of a token, and be none that HTTP sets itself")
	errHeaderValue = errors.New("a header cannot carry the value")
	errProtocol    = errors.New("this version speaks http/protobuf only")
)

// defaultOTLP is where OTEL_TRACES_EXPORTER=otlp sends when nothing else is set.
const defaultOTLP = "http://localhost:4318" + otlpPath

// otlpPrefix begins the names of variables that hold for all signals;
// otlpTracesPrefix those that win for traces.
const (
	otlpPrefix       = "OTEL_EXPORTER_OTLP_"
	otlpTracesPrefix = otlpPrefix + "TRACES_"
)

// otlpSettings are the OTEL_EXPORTER_OTLP_* variables, once the TRACES_ variants
// have won.
type otlpSettings struct {
	endpoint, setBy string // a whole URL, and the variable that it comes from
	protocol        string // when it is one that we do not speak,
	protocolBy      string // and who says so
	gzip            bool
	timeout         time.Duration
}

// otlpEndpoint returns the endpoint that OTEL_* variables ask for, if they do and
// it can be used as they want. What protects it is never left out.
func (e *env) otlpEndpoint() (endpoint, bool) {
	o := &e.otlp
	text, setBy := o.endpoint, o.setBy
	switch {
	case e.exporter == "jaeger" || text == "" && e.exporter == "":
		return endpoint{}, false
	case text == "":
		text, setBy = defaultOTLP, "OTEL_TRACES_EXPORTER"
	}
	chosen, err := parseHTTP(text)
	if err != nil {
		e.passOver(setBy, text, err)
		return endpoint{}, false
	}
	chosen.setBy, chosen.format = setBy, transport.OTLP
	chosen.http.Gzip, chosen.http.Timeout = o.gzip, o.timeout
	if o.protocol != "" {
		e.passOver(o.protocolBy, chosen.address, errProtocol)
		return endpoint{}, false
	}
	if name, err := e.protect(&chosen); err != nil {
		e.passOver(name, chosen.address, err)
		return endpoint{}, false
	}
	return chosen, true
}

// protect adds headers and certificates, checking each. With an error comes the
// variable to name.
func (e *env) protect(chosen *endpoint) (name string, err error) {
	o := &chosen.http
	headersBy := e.otlpVariable("HEADERS")
	header, err := otlpHeaders(e.set[headersBy].value)
	if err != nil {
		return headersBy, err
	}
	caBy, certBy, keyBy := e.otlpVariable("CERTIFICATE"), e.otlpVariable("CLIENT_CERTIFICATE"), e.otlpVariable("CLIENT_KEY")
	for _, part := range []struct {
		name string
		set  func()
	}{
		{headersBy, func() { o.Header = header }},
		{caBy, func() { o.CAFile = e.set[caBy].value }},
		{certBy, func() { o.CertFile, o.KeyFile = e.set[certBy].value, e.set[keyBy].value }},
	} {
		part.set()
		switch {
		case o.CertFile != "" && o.KeyFile == "":
			return certBy, errors.New(keyBy + " must be set with it")
		case o.KeyFile != "" && o.CertFile == "":
			return keyBy, errors.New(certBy + " must be set with it")
		}
		if _, err := chosen.transport(&sending{}); err != nil {
			return part.name, err
		}
	}
	return "", nil
}

// passOver warns that an endpoint is not used, and why.
func (e *env) passOver(name, endpoint string, err error) {
	e.c.warn("spur: OTLP endpoint not used", "variable", name, "value", e.shown(name), "error", err, "endpoint", hideCredentials(endpoint))
}

// otlpVariable returns the name of the variable that counts for a setting.
func (e *env) otlpVariable(setting string) string {
	if e.isSet(otlpTracesPrefix + setting) {
		return otlpTracesPrefix + setting
	}
	return otlpPrefix + setting
}

// otlpCredentials are the variables that no other host may see the content of.
func (e *env) otlpCredentials() []string {
	return []string{e.otlpVariable("HEADERS"), e.otlpVariable("CERTIFICATE"), e.otlpVariable("CLIENT_CERTIFICATE"), e.otlpVariable("CLIENT_KEY")}
}

func otlpBase(e *env, value string) error {
	whole, err := below(value, otlpPath)
	if err == nil {
		_, err = parseHTTP(whole)
	}
	if err == nil {
		e.otlp.endpoint, e.otlp.setBy = whole, otlpPrefix+"ENDPOINT"
	}
	return err
}

func otlpWhole(e *env, value string) error {
	_, err := parseHTTP(value)
	if err == nil {
		e.otlp.endpoint, e.otlp.setBy = value, otlpTracesPrefix+"ENDPOINT"
	}
	return err
}

// otlpProtocol returns the parser of the variable name.
func otlpProtocol(name string) func(*env, string) error {
	return func(e *env, value string) error {
		if err := oneOf("http/protobuf", "grpc", "http/json")(e, value); err != nil {
			return err
		}
		e.otlp.protocol, e.otlp.protocolBy = strings.ToLower(value), name
		if e.otlp.protocol == "http/protobuf" {
			e.otlp.protocol = ""
		}
		return nil
	}
}

func otlpCompression(e *env, value string) error {
	err := oneOf("gzip", "none")(e, value)
	if err == nil {
		e.otlp.gzip = strings.EqualFold(value, "gzip")
	}
	return err
}

// otlpHeaders reads key=value pairs, the values percent-encoded. An error says
// which pair is wrong by its number alone, for the list is where access tokens
// stand. An endpoint is not used without it, and so it is read where one needs it.
func otlpHeaders(list string) (http.Header, error) {
	header := http.Header{}
	for i, pair := range strings.Split(list, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		if i >= maxEnvPairs {
			return nil, errPairs
		}
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, fmt.Errorf("pair %d: %w", i+1, errNoEquals)
		}
		key = strings.TrimSpace(key)
		value, err := url.PathUnescape(strings.TrimSpace(value))
		switch {
		case err != nil:
			return nil, fmt.Errorf("pair %d: %w", i+1, errEscape)
		case !isHeaderValue(value):
			return nil, fmt.Errorf("pair %d: %w", i+1, errHeaderValue)
		}
		if _, err := transport.NewHTTP(defaultOTLP, transport.HTTPOptions{Header: http.Header{key: {value}}}); err != nil {
			return nil, fmt.Errorf("pair %d: %w", i+1, errHeaderName)
		}
		header.Set(key, value)
	}
	return header, nil
}
