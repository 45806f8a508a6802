// SPDX-License-Identifier: Apache-2.0

package query

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestForeignPages: a page of another origin can neither change anything nor
// come in under another name.
func TestForeignPages(t *testing.T) {
	s, _ := testServer(t)
	h := s.guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	for _, c := range []struct {
		method, host, origin, site string
		want                       int
	}{
		{"DELETE", "localhost:16686", "", "", 202}, // curl
		{"DELETE", "localhost:16686", "http://localhost:16686", "", 202},
		{"DELETE", "localhost:16686", "http://localhost:16686", "same-origin", 202},
		{"DELETE", "localhost:16686", "http://localhost:3000", "", 403},
		{"DELETE", "localhost:16686", "https://evil.example", "cross-site", 403},
		{"POST", "localhost:16686", "https://evil.example", "", 403},
		{"POST", "localhost:16686", "null", "", 403},
		{"GET", "localhost:16686", "https://evil.example", "cross-site", 202}, // it cannot read the answer
		{"GET", "evil.example", "", "", 403},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Host = c.host
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code != c.want {
			t.Errorf("%+v: %d", c, rec.Code)
		}
	}
}

// deadlines is a connection that has served requests before.
type deadlines struct {
	*httptest.ResponseRecorder
	last time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.last = t
	return nil
}

// TestDeadlineOfBefore: even an answer without a body has its time.
func TestDeadlineOfBefore(t *testing.T) {
	w := &deadlines{ResponseRecorder: httptest.NewRecorder(), last: time.Now().Add(-time.Minute)}
	r := httptest.NewRequest(http.MethodGet, "http://evil.example/", nil)
	New(Config{}).ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || time.Until(w.last) < writeTimeout/2 {
		t.Errorf("%d, until %v", w.Code, w.last)
	}
}
