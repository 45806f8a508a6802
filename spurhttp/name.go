// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net/http"
	"path"
	"strings"
)

// router is a handler that can tell beforehand where a request will go. pattern
// is "" when it goes nowhere.
type router interface {
	Handler(r *http.Request) (h http.Handler, pattern string)
}

var _ router = (*http.ServeMux)(nil)

// name is what a span is called when it starts.
type name struct {
	text  string
	route string // the pattern it is made of, "" when it is not
	final bool   // what is found out later does not change it
}

// startName returns the name that samplers see.
func (h *handler) startName(r *http.Request) name {
	if h.name != nil {
		if text := h.name(r); text != "" {
			return name{text: text, route: realPattern(r, r.Pattern), final: true}
		}
	}
	if h.router != nil {
		_, pattern := h.router.Handler(r)
		route := realPattern(r, pattern)
		return name{routeName(r.Method, route), route, true}
	}
	route := realPattern(r, r.Pattern) // of a mux around this handler
	return name{routeName(r.Method, route), route, route != ""}
}

// realPattern returns the pattern, or "" when it is none: for a redirect from /path
// to /path/ ServeMux gives the path of the request for a pattern (before Go 1.25
// always, later for CONNECT).
func realPattern(r *http.Request, pattern string) string {
	asked := r.URL.Path
	if strings.HasSuffix(pattern, "/") && !strings.HasSuffix(asked, "/") && path.Clean("/"+asked)+"/" == pattern {
		return ""
	}
	return pattern
}

// routeName joins method and pattern. A pattern of http.ServeMux may begin with a
// method of its own, which is the request's, or GET for HEAD.
func routeName(method, pattern string) string {
	switch {
	case pattern == "":
		return methodName(method)
	case strings.IndexAny(pattern, " \t") > 0:
		return pattern
	}
	return methodName(method) + " " + pattern
}

// patternPath is a pattern without its method and host.
func patternPath(pattern string) string {
	if i := strings.IndexByte(pattern, '/'); i >= 0 {
		return pattern[i:]
	}
	return pattern
}

// methodName returns the method if it is one of HTTP's: a client can invent any
// number of others.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	case "":
		return http.MethodGet // of a client's request
	}
	return "HTTP"
}

// isProbe reports whether a request asks how the server is.
func isProbe(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	switch r.URL.Path {
	case "/healthz", "/livez", "/readyz", "/health", "/live", "/ready", "/ping":
		return true
	}
	agent := r.Header.Get("User-Agent")
	for _, prefix := range []string{"kube-probe/", "ELB-HealthChecker/", "GoogleHC/", "Amazon-Route53-Health-Check-Service"} {
		if strings.HasPrefix(agent, prefix) {
			return true
		}
	}
	return false
}
