// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
)

// tagRequest says what was asked for.
func (h *handler) tagRequest(span *spur.Span, r *http.Request) {
	if !h.semantic {
		span.SetString(string(ext.Component), "net/http")
		span.SetString(string(ext.HTTPMethod), r.Method)
		span.SetString(string(ext.HTTPUrl), requestPath(r))
		span.SetString(string(ext.PeerAddress), r.RemoteAddr)
		return
	}
	tagMethod(span, r.Method)
	if r.URL != nil {
		span.SetString("url.path", r.URL.EscapedPath())
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	span.SetString("url.scheme", scheme)
	tagProtocol(span, r.ProtoMajor, r.ProtoMinor)
	tagHost(span, "server", r.Host, "")
	tagHost(span, "network.peer", r.RemoteAddr, "")
	if agent := r.UserAgent(); agent != "" {
		span.SetString("user_agent.original", agent)
	}
}

// requestPath is what was asked for, without the query. CONNECT asks for a host.
func requestPath(r *http.Request) string {
	switch {
	case r.URL == nil:
		return ""
	case r.Method == http.MethodConnect && r.URL.Path == "":
		return r.URL.Host
	}
	return r.URL.EscapedPath()
}

// tagRequest says what is asked for.
func (t *transport) tagRequest(span *spur.Span, r *http.Request) {
	method := cmp.Or(r.Method, http.MethodGet)
	if !t.semantic {
		span.SetString(string(ext.Component), "net/http")
		span.SetString(string(ext.HTTPMethod), method)
		span.SetString(string(ext.HTTPUrl), publicURL(r.URL))
		span.SetString(string(ext.PeerHostname), r.URL.Hostname())
		return
	}
	tagMethod(span, method)
	span.SetString("url.full", publicURL(r.URL))
	tagHost(span, "server", r.URL.Host, map[string]string{"http": "80", "https": "443"}[r.URL.Scheme])
}

// tagResponse says what the server answered.
func (t *transport) tagResponse(span *spur.Span, resp *http.Response) {
	failure := http.StatusInternalServerError
	if t.semantic {
		failure = http.StatusBadRequest
		tagProtocol(span, resp.ProtoMajor, resp.ProtoMinor)
	}
	tagStatus(span, resp.StatusCode, failure, t.semantic)
}

// sizeTag is the name of the number of bytes in an answer's body.
func sizeTag(semantic bool) string {
	if semantic {
		return "http.response.body.size"
	}
	return "http.response_size"
}

// tagStatus sets the status, and the tag error when that is failure or above.
func tagStatus(span *spur.Span, status, failure int, semantic bool) {
	name := string(ext.HTTPStatusCode)
	if semantic {
		name = "http.response.status_code"
	}
	span.SetInt(name, status)
	if status < failure {
		return
	}
	span.SetBool(string(ext.Error), true)
	if semantic {
		span.SetString("error.type", strconv.Itoa(status))
	}
}

func tagMethod(span *spur.Span, method string) {
	name := methodName(method)
	if name == "HTTP" {
		name = "_OTHER"
		span.SetString("http.request.method_original", method)
	}
	span.SetString("http.request.method", name)
}

// tagProtocol sets the version: 1.1, but 2 and 3.
func tagProtocol(span *spur.Span, major, minor int) {
	version := strconv.Itoa(major)
	if major < 2 {
		version += "." + strconv.Itoa(minor)
	}
	span.SetString("network.protocol.version", version)
}

// tagHost splits host and port into the two tags that the conventions want.
func tagHost(span *spur.Span, prefix, hostport, defaultPort string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host, port = strings.Trim(hostport, "[]"), defaultPort
	}
	if host != "" {
		span.SetString(prefix+".address", host)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		span.SetInt(prefix+".port", int(n))
	}
}

// publicURL is u without user, query and fragment.
func publicURL(u *url.URL) string {
	public := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return public.String()
}
