// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net/http"
	"slices"
	"strings"
)

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
	if r.URL != nil {
		switch r.URL.Path {
		case "/healthz", "/livez", "/readyz", "/health", "/live", "/ready", "/ping":
			return true
		}
	}
	agent := r.Header.Get("User-Agent")
	prefixes := []string{"kube-probe/", "ELB-HealthChecker/", "GoogleHC/", "Amazon-Route53-Health-Check-Service"}
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(agent, p) })
}
