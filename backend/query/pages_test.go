// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestNoSuchPage: a browser gets the page where nothing is, which says so; who
// does not read HTML, or asks the API or for a file, gets text.
func TestNoSuchPage(t *testing.T) {
	h := New(Config{BasePath: "/jaeger"})
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for _, c := range []struct {
		method, path, accept string
		code                 int
		page                 bool
	}{
		{"GET", "/jaeger/zzz", browser, 404, true},
		{"GET", "/jaeger/trace/", browser, 404, true},
		{"GET", "/jaeger/status", browser, 200, true},
		{"GET", "/jaeger/map", browser, 200, true},
		{"GET", "/jaeger/services", browser, 200, true},
		{"GET", "/jaeger/compare", browser, 200, true},
		{"GET", "/jaeger/zzz", "*/*", 404, false},
		{"POST", "/jaeger/zzz", browser, 404, false},
		{"GET", "/jaeger/api/zzz", browser, 404, false},
		{"GET", "/jaeger/api/import", browser, 405, false},
		{"GET", "/jaeger/ui/0/app/main.js", browser, 404, false},
		{"GET", "/zzz", browser, 404, false},
		{"GET", "/jaegerous", browser, 404, false},
		{"GET", "/jaeger", browser, 307, false},
		{"GET", "/jaeger//status", browser, 307, false},
	} {
		r := httptest.NewRequest(c.method, "http://localhost"+c.path, nil)
		r.Header.Set("Accept", c.accept)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		page := strings.Contains(rec.Body.String(), "<!doctype html>")
		if rec.Code != c.code || page != c.page {
			t.Errorf("%s %s for %s: %d, a page: %v", c.method, c.path, c.accept, rec.Code, page)
		}
		if page && (!strings.Contains(rec.Body.String(), `"/jaeger/ui/`) || rec.Header().Get("Content-Security-Policy") == "") {
			t.Errorf("%s: %v\n%s", c.path, rec.Header(), rec.Body)
		}
		if kept := rec.Header().Get("ETag"); c.code == http.StatusNotFound && kept != "" {
			t.Errorf("%s: a browser may keep it as %s", c.path, kept)
		}
	}
}
