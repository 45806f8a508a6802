// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

func checkServerStatus(t testing.TB, p serverPiece) {
	for _, tc := range []struct {
		name   string
		write  func(w http.ResponseWriter)
		status int64
		failed any
	}{
		{"nothing written", func(http.ResponseWriter) {}, 200, nil},
		{"body alone", func(w http.ResponseWriter) { fmt.Fprint(w, "ok") }, 200, nil},
		{"201", func(w http.ResponseWriter) { w.WriteHeader(201) }, 201, nil},
		{"304", func(w http.ResponseWriter) { w.WriteHeader(304) }, 304, nil},
		{"103, then 200", func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(200) }, 200, nil},
		{"200, then 500 too late", func(w http.ResponseWriter) { fmt.Fprint(w, "ok"); w.WriteHeader(500) }, 200, nil},
		{"500", func(w http.ResponseWriter) { http.Error(w, "sorry", 500) }, 500, true},
		{"503", func(w http.ResponseWriter) { w.WriteHeader(503) }, 503, true},
	} {
		r := p.serve(t, false, func(w http.ResponseWriter, _ *http.Request) { tc.write(w) })
		resp, _ := r.ask(t, "/", nil)
		s := r.finished(t, 1)[0]
		if got := status(s); got != any(tc.status) || int64(resp.StatusCode) != tc.status {
			t.Errorf("%s: the span has status %v, the client %d, want %d", tc.name, got, resp.StatusCode, tc.status)
		}
		if got := spurtest.Tag(s, "error"); got != tc.failed && (got != false || tc.failed != nil) {
			t.Errorf("%s: the tag error is %v, want %v", tc.name, got, tc.failed)
		}
	}
}

func checkServerPanic(t testing.TB, p serverPiece) {
	for _, value := range []any{"a panic", http.ErrAbortHandler} {
		spurtest.CheckLeaks(t)
		tracer, spans := spurtest.New(t)
		h := p.wrap(tracer, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) }))
		got := panicOf(func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)) })
		if got != value {
			t.Errorf("the handler panics with %v, the middleware with %v", value, got)
		}
		all := spans.Spans()
		if len(all) != 1 || spurtest.Tag(all[0], "error") != true {
			t.Errorf("after panic %v: want one span with the tag error, got\n%s", value, spans.Tree())
		}
	}
}
