// SPDX-License-Identifier: Apache-2.0

// Package endpoint reads the URLs that say where spans go. It opens nothing.
package endpoint

import (
	"errors"
	"net/url"
	"strings"

	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/transport"
)

// OTLPPath is where collectors take spans in OTLP.
const OTLPPath = "/v1/traces"

// The errors do not repeat the URL, which may hold a secret.
var (
	errScheme = errors.New("not a udp, http or https URL with a host")
	errFormat = errors.New("the format is neither compact nor binary")
	errParts  = errors.New("a udp URL has host, port and format only")
)

// Endpoint is one destination of spans.
type Endpoint struct {
	SetBy   string           // the option or variable that errors name
	Format  transport.Format // JaegerCompact and JaegerBinary go over UDP, JaegerBatch and OTLP over HTTP
	Address string           // over UDP host:port, over HTTP a URL without credentials
	HTTP    transport.HTTPOptions
}

// Default is Jaeger's agent on this host.
func Default() Endpoint {
	return Endpoint{Format: transport.JaegerCompact, Address: "localhost:6831"}
}

// UDP reports whether spans go there in datagrams.
func (e *Endpoint) UDP() bool {
	return e.Format == transport.JaegerCompact || e.Format == transport.JaegerBinary
}

// Name is what the first destination of its kind is called.
func (e *Endpoint) Name() string {
	switch {
	case e.UDP():
		return "agent"
	case e.Format == transport.OTLP:
		return "otlp"
	}
	return "collector"
}

// Parse reads a URL:
//
//	udp://host:port           Thrift compact, at port 6831 when there is none
//	udp://host?format=binary  Thrift binary, at port 6832
//	http://host:port/path     Thrift, or OTLP when the path ends in /v1/traces, or at port 4318 without a path; https as well
func Parse(text string) (Endpoint, error) {
	u, err := url.Parse(text)
	switch {
	case err == nil && u.Scheme == "udp":
		return parseUDP(u)
	case err == nil && (u.Scheme == "http" || u.Scheme == "https"):
		return ParseHTTP(text)
	}
	scheme := "http"
	for _, port := range []string{":5775", ":6831", ":6832"} {
		if strings.HasSuffix(text, port) {
			scheme = "udp"
		}
	}
	return Endpoint{}, address.DidYouMean(errScheme, scheme, text) // without err, which quotes the text
}

// ParseHTTP reads the URL of a collector, and moves user and password from the
// address to the options.
func ParseHTTP(text string) (Endpoint, error) {
	u, _, err := address.URL(text)
	if err != nil {
		return Endpoint{}, err
	}
	e := Endpoint{Format: transport.JaegerBatch}
	path := strings.TrimRight(u.Path, "/")
	if strings.HasSuffix(path, OTLPPath) || path == "" && u.Port() == "4318" {
		e.Format = transport.OTLP
	}
	if u.User != nil {
		e.HTTP.Username = u.User.Username()
		e.HTTP.Password, _ = u.User.Password()
		u.User = nil
	}
	e.Address = u.String()
	return e, e.HTTP.Check(e.Address)
}

func parseUDP(u *url.URL) (Endpoint, error) {
	query, err := url.ParseQuery(u.RawQuery)
	e, usual := Endpoint{Format: transport.JaegerCompact}, "6831"
	switch f := query["format"]; {
	case u.Host == "":
		return Endpoint{}, errScheme
	case err != nil || len(query) > 1 || u.RawQuery != "" && len(f) != 1 || u.User != nil || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return Endpoint{}, errParts
	case len(f) == 0 || f[0] == "compact":
	case f[0] == "binary":
		e.Format, usual = transport.JaegerBinary, "6832"
	default:
		return Endpoint{}, errFormat
	}
	host, port, _, err := address.Authority(u.Host)
	if err != nil {
		return Endpoint{}, err
	}
	if port == "" {
		port = usual
	}
	e.Address = address.Join(host, port)
	return e, nil
}
