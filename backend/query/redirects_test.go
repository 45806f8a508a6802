// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"net/url"
	"testing"
)

// TestJaegerAddresses: links to Jaeger's UI lead to the same here.
func TestJaegerAddresses(t *testing.T) {
	h := New(Config{BasePath: "/jaeger"})
	for from, want := range map[string]string{
		"/search":                                "/jaeger/",
		"/search?service=shop&lookback=1h":       "/jaeger/?q=service:shop since:1h",
		"/search?service=shop":                   "/jaeger/?q=service:shop since:2d",
		"/search?service=a+b&lookback=2w":        `/jaeger/?q=service:"a b" since:14d`,
		"/search?limit=20&service=s&lookback=1h": "/jaeger/?limit=20&q=service:s since:1h",
		"/search?service=s&operation=GET+/x&minDuration=1.5ms&maxDuration=2s&tags=%7B%22http.status_code%22%3A%22500%22%2C%22error%22%3A%22true%22%7D&lookback=1h"://
		`/jaeger/?q=service:s op:"GET /x" dur>=1.5ms dur<=2s (error=true OR status:error) http.status_code=500 since:1h`,
		"/search?service=s&lookback=custom&start=1700000000000000&end=1700000001000000"://
		"/jaeger/?q=service:s since:2023-11-14T22:13:20Z until:2023-11-14T22:13:21.000000001Z",
		"/search?service=s&tags=%7B%22span.kind%22%3A%22odd%22%2C%22otel.status_code%22%3A%22%22%7D&lookback=1h": `/jaeger/?q=service:s otel.status_code="" span.kind=odd since:1h`,
		"/search?service=s&tags=%7B%22span.kind%22%3A%22client%22%2C%22otel.status_code%22%3A%22OK%22%7D&lookback=1h"://
		"/jaeger/?q=service:s (otel.status_code=OK OR status:ok) (span.kind=client OR kind:client) since:1h",
		"/search?service=s&lookback=1h&start=1700000000000000&end=1700000001000000": "/jaeger/?q=service:s since:2023-11-14T22:13:20Z until:2023-11-14T22:13:21.000000001Z",
		"/search?traceID=1f&traceID=2": "/jaeger/?q=id:000000000000001f id:0000000000000002",
		"/trace/1F?uiFind=a%26b":       "/jaeger/trace/000000000000001f?find=a&b",
		"/trace/1f...2e":               "/jaeger/compare?a=1f&b=2e",
		"/dependencies":                "/jaeger/map",
		"/monitor":                     "/jaeger/services",
	} {
		rec := get(h, "http://localhost/jaeger"+from)
		got, err := url.QueryUnescape(rec.Header().Get("Location"))
		if rec.Code != http.StatusFound || err != nil || got != want {
			t.Errorf("%s: %d %s, want %s", from, rec.Code, got, want)
		}
	}
	for target, want := range map[string]int{
		"/jaeger/trace/1f":                    http.StatusOK,
		"/jaeger/trace/nonsense":              http.StatusBadRequest,
		"/jaeger/search?service=s&limit=many": http.StatusBadRequest,
		"/jaeger/":                            http.StatusOK,
		"/":                                   http.StatusNotFound,
		"/jaegerous":                          http.StatusNotFound,
	} {
		if rec := get(h, "http://localhost"+target); rec.Code != want {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	for from, want := range map[string]string{"/jaeger": "/jaeger/", "/jaeger//api/services": "/jaeger/api/services"} {
		if got := get(h, "http://localhost"+from).Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, want %q", from, got, want)
		}
	}
}
