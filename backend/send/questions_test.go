// SPDX-License-Identifier: Apache-2.0

package send_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/send"
)

// TestQuestions: a receiver of each protocol is asked, and its answer comes back
// whole.
func TestQuestions(t *testing.T) {
	strategies, err := sampling.OpenFile(t.Context(), sampling.FileConfig{Location: "../sampling/testdata/rich.json"}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer strategies.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	grpc := receive.NewSamplingGRPC(l, strategies, slog.New(slog.DiscardHandler))
	go func() { _ = grpc.Serve() }()
	defer func() { _ = grpc.Close(context.Background()) }()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("X-Tenant") != "a" || r.URL.Path != "/jaeger/api/sampling" {
			http.Error(w, "who asks "+r.URL.Path, http.StatusUnauthorized)
			return
		}
		s, _ := strategies.Strategy(r.Context(), r.URL.Query().Get("service")) // never an error
		_, _ = w.Write(s.JSON())
	}))
	defer web.Close()

	for _, c := range []send.Config{
		{Protocol: send.JaegerGRPC, Endpoint: l.Addr().String()},
		{Protocol: send.JaegerGRPC, Endpoint: "dns:///" + l.Addr().String()},
		{Protocol: send.ThriftHTTP, Endpoint: web.URL + "/jaeger/api/traces"},
		{Protocol: send.ThriftHTTP, Endpoint: web.URL + "/jaeger/"},
	} {
		c.Token, c.Header = "secret", map[string]string{"x-tenant": "a"}
		q, err := send.NewQuestions(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, service := range []string{"probabilistic", "limited-operations", "a service & more"} {
			want, _ := strategies.Strategy(t.Context(), service)
			if got, err := q.Strategy(t.Context(), service); err != nil || string(got.JSON()) != string(want.JSON()) {
				t.Errorf("%s %s: %s, %v, want %s", c.Endpoint, service, got.JSON(), err, want.JSON())
			}
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestQuestionsWrong: what is no answer is an error that says so.
func TestQuestionsWrong(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("service") {
		case "moved":
			http.Redirect(w, r, "http://example.invalid/", http.StatusFound)
		case "endless":
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		case "page":
			_, _ = w.Write([]byte("<html>"))
		default:
			http.Error(w, strings.Repeat("no", 10_000), http.StatusTeapot)
		}
	}))
	defer web.Close()
	q, err := send.NewQuestions(send.Config{Protocol: send.ThriftHTTP, Endpoint: web.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	for service, want := range map[string]string{"moved": "302 Found", "endless": "more than", "page": "invalid character", "": "418 I'm a teapot: nono"} {
		if _, err := q.Strategy(t.Context(), service); err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 500 {
			t.Errorf("%s: %v", service, err)
		}
	}
	for _, c := range []send.Config{
		{Protocol: send.OTLPGRPC, Endpoint: "a:1"},
		{Protocol: send.JaegerGRPC, Endpoint: "http://a:1"},
		{Protocol: send.ThriftHTTP, Endpoint: "a"},
		{Protocol: send.ThriftHTTP, Endpoint: "https://a", TLS: send.TLS{CA: "/no/such/file"}},
		{Protocol: send.JaegerGRPC, Endpoint: "a:1", TLS: send.TLS{Enabled: true, CA: "/no/such/file"}},
	} {
		if _, err := send.NewQuestions(c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}
