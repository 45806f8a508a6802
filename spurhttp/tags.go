// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
)

// component is OpenTracing's tag of that name.
const component = "net/http"

// tagRequest says what was asked for.
func (h *handler) tagRequest(span *spur.Span, r *http.Request) {
	if !h.semantic {
		span.SetString(string(ext.Component), component)
		span.SetString(string(ext.HTTPMethod), r.Method)
		span.SetString(string(ext.HTTPUrl), r.URL.EscapedPath())
		span.SetString(string(ext.PeerAddress), r.RemoteAddr)
		return
	}
	tagMethod(span, r.Method)
	span.SetString("url.path", r.URL.EscapedPath())
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	span.SetString("url.scheme", scheme)
	span.SetString("network.protocol.version", strconv.Itoa(r.ProtoMajor)+"."+strconv.Itoa(r.ProtoMinor))
	tagHost(span, "server", r.Host)
	tagHost(span, "network.peer", r.RemoteAddr)
	if agent := r.UserAgent(); agent != "" {
		span.SetString("user_agent.original", agent)
	}
}

// tagResponse says what became of it. status is 0 when nobody was told.
func (h *handler) tagResponse(span *spur.Span, state *response, status int) {
	if status != 0 {
		tagStatus(span, status, h.semantic)
	}
	if state.written > 0 || status != 0 {
		span.SetInt(sizeTag(h.semantic), state.written)
	}
}

// tagRequest says what is asked for.
func (t *transport) tagRequest(span *spur.Span, r *http.Request) {
	if !t.semantic {
		span.SetString(string(ext.Component), component)
		span.SetString(string(ext.HTTPMethod), requestMethod(r))
		span.SetString(string(ext.HTTPUrl), publicURL(r.URL))
		span.SetString(string(ext.PeerHostname), r.URL.Hostname())
		return
	}
	tagMethod(span, requestMethod(r))
	span.SetString("url.full", publicURL(r.URL))
	tagHost(span, "server", r.URL.Host)
}

// tagResponse says what the server answered.
func (t *transport) tagResponse(span *spur.Span, resp *http.Response) {
	tagStatus(span, resp.StatusCode, t.semantic)
	limit := http.StatusInternalServerError
	if t.semantic {
		limit = http.StatusBadRequest
		span.SetString("network.protocol.version", strconv.Itoa(resp.ProtoMajor)+"."+strconv.Itoa(resp.ProtoMinor))
	}
	if resp.StatusCode >= limit {
		span.SetBool(string(ext.Error), true)
	}
}

// requestMethod is the method that a client's request has when it names none.
func requestMethod(r *http.Request) string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

// sizeTag is the name of the number of bytes in an answer's body. OpenTracing has
// none.
func sizeTag(semantic bool) string {
	if semantic {
		return "http.response.body.size"
	}
	return "http.response_size"
}

func tagStatus(span *spur.Span, status int, semantic bool) {
	if semantic {
		span.SetInt("http.response.status_code", int64(status))
		return
	}
	span.SetInt(string(ext.HTTPStatusCode), int64(status))
}

func tagMethod(span *spur.Span, method string) {
	name := methodName(method)
	if name == "HTTP" {
		span.SetString("http.request.method", "_OTHER")
		span.SetString("http.request.method_original", method)
		return
	}
	span.SetString("http.request.method", name)
}

// tagHost splits host and port into the two tags that the conventions want.
func tagHost(span *spur.Span, prefix, hostport string) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host != "" {
		span.SetString(prefix+".address", host)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		span.SetInt(prefix+".port", int64(n))
	}
}

// publicURL is u without user, query and fragment.
func publicURL(u *url.URL) string {
	public := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return public.String()
}
