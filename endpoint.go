// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/go-spur/spur/transport"
)

// The errors of parseEndpoint do not repeat the URL, which may hold a secret.
var (
	errURL       = errors.New("not an http or https URL with a host")
	errPort      = errors.New("not a port from 1 to 65535")
	errEndpoint  = errors.New("not a udp, http or https URL with a host")
	errUDPFormat = errors.New("the format is neither compact nor binary")
	errUDPParts  = errors.New("a udp URL has host, port and format only")
)

// otlpPath is where OTLP is taken below the URL of a collector.
const otlpPath = "/v1/traces"

// parseEndpoint reads the URLs of WithEndpoint.
func parseEndpoint(text string) (endpoint, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return endpoint{}, errEndpoint
	case u.Scheme == "udp":
		return parseUDP(u)
	case u.Scheme == "http" || u.Scheme == "https":
		return parseHTTP(text)
	}
	return endpoint{}, errEndpoint
}

// parseHTTP checks a URL and takes the credentials out of it, so that it can be
// shown. The path says what is spoken there.
func parseHTTP(text string) (endpoint, error) {
	if err := webURL(nil, text); err != nil {
		return endpoint{}, err
	}
	u, err := url.Parse(text)
	if err != nil {
		return endpoint{}, errURL // webURL has seen it
	}
	var e endpoint
	if u.User != nil {
		e.http.Username = u.User.Username()
		e.http.Password, _ = u.User.Password()
	}
	u.User = nil
	e.address = u.String()
	t, err := e.transport(&sending{})
	if err != nil {
		return endpoint{}, err
	}
	e.format = t.Format()
	return e, nil
}

func parseUDP(u *url.URL) (endpoint, error) {
	query, err := url.ParseQuery(u.RawQuery)
	e := endpoint{udp: true, format: transport.JaegerCompact}
	port := "6831"
	switch f := query["format"]; {
	case u.Hostname() == "":
		return endpoint{}, errEndpoint
	case err != nil || len(query) > 1 || u.RawQuery != "" && len(f) != 1 || u.User != nil || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return endpoint{}, errUDPParts
	case len(f) == 0 || f[0] == "compact":
	case f[0] == "binary":
		e.format, port = transport.JaegerBinary, "6832"
	default:
		return endpoint{}, errUDPFormat
	}
	if p := u.Port(); p != "" {
		if err := portOnly(nil, p); err != nil {
			return endpoint{}, err
		}
		port = p
	}
	e.address = net.JoinHostPort(u.Hostname(), port)
	return e, nil
}

// webURL accepts what can be asked over HTTP.
func webURL(_ *env, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errURL
	}
	if u.Port() != "" {
		return portOnly(nil, u.Port())
	}
	return nil
}

func portOnly(_ *env, value string) error {
	if n, err := strconv.ParseUint(value, 10, 16); err != nil || n == 0 {
		return errPort
	}
	return nil
}

// hidden stands for a secret in errors and logs.
const hidden = "***"

func hideAll(string) string { return hidden }

// hidePEM hides a key or certificate where the path of a file should be.
func hidePEM(value string) string {
	if strings.Contains(value, "-----BEGIN") || strings.ContainsAny(value, "\r\n") {
		return hidden
	}
	return value
}

// hideCredentials hides what stands before an @ in what should be a URL or a
// host, whether it is one or not, and what stands behind a question mark or "#".
func hideCredentials(value string) string {
	scheme := ""
	for _, s := range []string{"http://", "https://", "udp://"} {
		if len(value) >= len(s) && strings.EqualFold(value[:len(s)], s) {
			scheme, value = value[:len(s)], value[len(s):]
			break
		}
	}
	at, query := strings.LastIndexByte(value, '@'), strings.IndexAny(value, "?#")
	switch {
	case at >= 0 && query >= 0:
		value = hidden
	case at >= 0:
		value = hidden + value[at:]
	case query >= 0:
		value = value[:query+1] + hidden
	}
	return scheme + value
}
