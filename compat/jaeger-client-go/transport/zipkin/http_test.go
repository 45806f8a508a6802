// SPDX-License-Identifier: Apache-2.0

package zipkin_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
	"github.com/uber/jaeger-client-go/transport/zipkin"
)

// server takes the part of Zipkin. Each request is sent to the channel, in words.
func server(t *testing.T) (url string, requests <-chan string) {
	t.Helper()
	seen := make(chan string, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/spans" {
			http.Error(w, strings.Repeat("no ", 1000), http.StatusNotFound)
			return
		}
		seen <- describe(r)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/api/v1/spans", seen
}

func describe(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err.Error()
	}
	ctx, buffer := context.Background(), thrift.NewTMemoryBuffer()
	_, _ = buffer.Write(body) // to memory
	p := thrift.NewTBinaryProtocolTransport(buffer)
	_, n, err := p.ReadListBegin(ctx)
	if err != nil {
		return err.Error()
	}
	user, password, _ := r.BasicAuth()
	text := fmt.Sprintf("%s %s %s:%s", r.Method, r.Header.Get("Content-Type"), user, password)
	for range n {
		var s zipkincore.Span
		if err := s.Read(ctx, p); err != nil {
			return err.Error()
		}
		text += " " + s.Name
	}
	return text
}

func TestHTTPTransport(t *testing.T) {
	url, requests := server(t)
	tp, err := zipkin.NewHTTPTransport(url, zipkin.HTTPBasicAuth("bender", "robot"), zipkin.HTTPBatchSize(2),
		zipkin.HTTPRoundTripper(http.DefaultTransport), zipkin.HTTPLogger(log.NullLogger), nil)
	if err != nil {
		t.Fatal(err)
	}
	tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(tp))
	for _, name := range []string{"a", "b", "c"} {
		tracer.StartSpan(name).Finish()
	}
	_ = closer.Close()
	for _, want := range []string{"a b", "c"} {
		if got := <-requests; got != "POST application/x-thrift bender:robot "+want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestHTTPTransportErrors(t *testing.T) {
	url, _ := server(t)
	for bad, want := range map[string]string{
		strings.TrimSuffix(url, "s"): `error from collector: code=404 body="` + strings.Repeat("no ", 166) + `no"`,
		"badscheme://localhost":      `Post "badscheme://localhost": unsupported protocol scheme "badscheme"`,
		"://":                        `parse "://": missing protocol scheme`,
	} {
		logger := &log.BytesBufferLogger{}
		tp, err := zipkin.NewHTTPTransport(bad)
		if err != nil {
			t.Fatal(err)
		}
		tracer, closer := jaeger.NewTracer("orders", jaeger.NewConstSampler(true), jaeger.NewRemoteReporter(tp, jaeger.ReporterOptions.Logger(logger)))
		tracer.StartSpan("lost").Finish()
		_ = closer.Close()
		if got := logger.String(); !strings.HasSuffix(got, "ERROR: failed to flush Jaeger spans to server: "+want+"\n") {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
