// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net/http"
	"strings"
)

// router is a handler that can tell beforehand where a request will go. pattern
// is "" when it goes nowhere.
type router interface {
	Handler(r *http.Request) (h http.Handler, pattern string)
}

var _ router = (*http.ServeMux)(nil)

// startName returns what the span is called when it starts, and whether that is
// final.
func (h *handler) startName(r *http.Request) (name string, final bool) {
	if h.name != nil {
		if name = h.name(r); name != "" {
			return name, true
		}
	}
	if h.router != nil {
		_, pattern := h.router.Handler(r)
		return routeName(r.Method, pattern), true
	}
	return methodName(r.Method), false
}

// routeName joins method and pattern. A pattern of http.ServeMux may begin with a
// method of its own, which is the request's, or GET for HEAD.
func routeName(method, pattern string) string {
	switch {
	case pattern == "":
		return methodName(method)
	case strings.IndexByte(pattern, ' ') > 0:
		return pattern
	}
	return methodName(method) + " " + pattern
}

// patternPath is a pattern without its method.
func patternPath(pattern string) string {
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return strings.TrimLeft(path, " \t")
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
