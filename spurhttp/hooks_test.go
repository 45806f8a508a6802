// SPDX-License-Identifier: Apache-2.0

package spurhttp_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-spur/spur/spurhttp"
	"github.com/go-spur/spur/spurtest"
)

// wildRouter answers, but panics when it is asked beforehand.
type wildRouter struct{ http.HandlerFunc }

func (wildRouter) Handler(*http.Request) (http.Handler, string) { panic("no routes") }

// A function of the program's that panics does not harm the request, which is traced
// under the default name; the tracer counts it.
func TestFunctionsThatPanic(t *testing.T) {
	name := spurhttp.WithOperationName(func(*http.Request) string { panic(errors.New("no name")) })
	filter := spurhttp.WithFilter(func(r *http.Request) bool { return r.Header["X"][0] != "" })
	all := spurhttp.WithFilter(func(*http.Request) bool { return true })
	none := spurhttp.WithFilter(func(*http.Request) bool { return false })
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	send := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 418, Body: http.NoBody}, nil
	})
	for _, test := range []struct {
		what   string
		opts   []spurhttp.Option
		router bool
		spans  int
	}{
		{"name", []spurhttp.Option{name}, false, 1},
		{"filter", []spurhttp.Option{filter}, false, 1},
		{"filter and name", []spurhttp.Option{all, filter, all, name}, false, 1},
		{"one filter of two", []spurhttp.Option{filter, none}, false, 0},
		{"router", nil, true, 1},
	} {
		t.Run(test.what, func(t *testing.T) {
			tracer, spans := spurtest.New(t)
			check := func(side string, status int) {
				t.Helper()
				if got := spans.Spans(); status != http.StatusTeapot || len(got) != test.spans || len(got) == 1 && got[0].Operation != "GET" {
					t.Errorf("%s: status %d, spans\n%s", side, status, spans.Tree())
				}
			}
			var forHandler []spurhttp.HandlerOption
			forTransport := []spurhttp.TransportOption{spurhttp.WithTracer(tracer)}
			for _, o := range test.opts {
				forHandler, forTransport = append(forHandler, o), append(forTransport, o)
			}
			var h http.Handler = teapot
			if test.router {
				h = wildRouter{teapot}
			}
			w := httptest.NewRecorder()
			spurhttp.Handler(tracer, h, forHandler...).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			check("server", w.Code)
			want := uint64(test.spans)
			if !test.router {
				want *= 2
				spans.Reset()
				resp, err := spurhttp.Transport(send, forTransport...).RoundTrip(httptest.NewRequest(http.MethodGet, "/", nil))
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				check("client", resp.StatusCode)
			}
			if got := tracer.Stats().Cut.Panics; got != want {
				t.Errorf("%d panics, want %d", got, want)
			}
		})
	}
}
