// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"net/http"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest/suite"
)

// Handler and Transport pass the suites that others run on theirs.
func TestHTTPSuites(t *testing.T) {
	for name, opts := range map[string][]spurhttp.Option{"": nil, ", semantic names": {spurhttp.WithSemanticNames()}} {
		t.Run("server"+name, func(t *testing.T) {
			suite.TestHTTPServer(t, func(tracer *spur.Tracer, h http.Handler) http.Handler {
				var all []spurhttp.HandlerOption
				for _, o := range opts {
					all = append(all, o)
				}
				return spurhttp.Handler(tracer, h, all...)
			})
		})
		t.Run("client"+name, func(t *testing.T) {
			suite.TestHTTPClient(t, func(tracer *spur.Tracer, rt http.RoundTripper) http.RoundTripper {
				all := []spurhttp.TransportOption{spurhttp.WithTracer(tracer), spurhttp.WithPhases()}
				for _, o := range opts {
					all = append(all, o)
				}
				return spurhttp.Transport(rt, all...)
			})
		})
	}
}
