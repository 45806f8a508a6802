// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/spurtest"
)

// noSampling keeps the sampling server out of a test.
const noSampling = "OTEL_TRACES_SAMPLER=always_on"

// connect tries what the variables name.
func connect(t *testing.T, most time.Duration, vars ...string) []connection {
	t.Helper()
	return with(vars...).connections(context.Background(), most)
}

// one is connect for a single place.
func one(t *testing.T, most time.Duration, vars ...string) connection {
	t.Helper()
	all := connect(t, most, append(vars, noSampling)...)
	if len(all) != 1 {
		t.Fatalf("%v: tried %+v", vars, all)
	}
	return all[0]
}

// closedPort is a port of this host where nobody listens.
func closedPort(t *testing.T) int {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

func TestEveryPlaceGetsOneSpan(t *testing.T) {
	agent, collector, otlp := spurtest.NewAgent(t), spurtest.NewCollector(t), spurtest.NewCollector(t)
	all := connect(t, usualTimeout, "JAEGER_ENDPOINT="+collector.ThriftURL(), "JAEGER_AGENT_HOST="+agent.Host(), fmt.Sprint("JAEGER_AGENT_PORT=", agent.Port()),
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="+otlp.OTLPURL(), noSampling)
	if len(all) != 3 {
		t.Fatalf("tried %+v", all)
	}
	received := []interface {
		Wait(context.Context, int) error
		Batches() []spurtest.Batch
	}{collector, agent, otlp}
	for i, c := range all {
		ctx, cancel := context.WithTimeout(context.Background(), usualTimeout)
		defer cancel()
		if err := received[i].Wait(ctx, 1); err != nil {
			t.Fatal(err)
		}
		batches := received[i].Batches()
		if len(batches) != 1 || len(batches[0].Spans) != 1 {
			t.Fatalf("%s: %d batches", c.Name, len(batches))
		}
		b, span := &batches[0], &batches[0].Spans[0]
		if b.Process.Service != "spur-doctor" || span.Operation != "test of "+c.Name || span.TraceID.String() != c.TraceID || spurtest.Tag(*span, "set by") != c.Source {
			t.Errorf("%s got %s: %+v of the trace %v; the report says %+v", c.Name, b.Process.Service, span, span.TraceID, c)
		}
		if c.Status != ok || c.Used != (i == 0) || c.Hint != "" {
			t.Errorf("%+v", c)
		}
	}
	if all[0].Text != "accepted: the receiver answered 2xx" || !strings.HasPrefix(all[1].Text, "sent, and not refused; over UDP nobody confirms") {
		t.Errorf("said %q and %q", all[0].Text, all[1].Text)
	}
}

func TestCredentialsAreSentAndNotShown(t *testing.T) {
	collector := spurtest.NewCollector(t)
	collector.RequireAuthorization("Bearer canary")
	good := one(t, usualTimeout, "JAEGER_ENDPOINT="+collector.ThriftURL(), "JAEGER_AUTH_TOKEN=canary")
	bad := one(t, usualTimeout, "JAEGER_ENDPOINT="+collector.ThriftURL(), "JAEGER_AUTH_TOKEN=canari")
	if good.Status != ok || bad.Status != fail || !strings.Contains(bad.Text, "status 401") || bad.Hint != "the receiver wants other credentials" {
		t.Errorf("%+v\n%+v", good, bad)
	}
	if text := fmt.Sprint(good, bad); strings.Contains(text, "canar") {
		t.Errorf("shown: %s", text)
	}
}

func TestRefusedDatagram(t *testing.T) {
	port := closedPort(t)
	c := one(t, usualTimeout, fmt.Sprint("JAEGER_AGENT_PORT=", port))
	if c.Status != fail || !strings.HasPrefix(c.Text, "not delivered: ") || c.TraceID != "" || !strings.HasPrefix(c.Hint, "nobody listens at that port") {
		t.Errorf("%+v", c)
	}
	collector := spurtest.NewCollector(t)
	all := connect(t, usualTimeout, "JAEGER_ENDPOINT="+collector.ThriftURL(), fmt.Sprint("JAEGER_AGENT_PORT=", port), noSampling)
	if len(all) != 2 || all[1].Status != warn { // spans do not go there
		t.Errorf("%+v", all)
	}
	w := with(fmt.Sprint("JAEGER_AGENT_PORT=", port)).wires()[0]
	w.used, w.aside = false, true
	if c := w.try(context.Background(), usualTimeout); c.Status != ok || !strings.HasPrefix(c.Hint, "no harm") {
		t.Errorf("%+v", c)
	}
}

func TestHTTPAnswers(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request)
		text   string
		hint   string
		trace  bool // it may have arrived
	}{
		{"no such path", http.NotFound, "refused: status 404 Not Found", "no such path there for spans", false},
		{"a page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, "<html>\x1b[31m")
		}, "sent, and the answer does not say that it was accepted: status 200 OK", "a web page answered", true},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, "refused: status 302 Found", "", false},
		{"busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, "not accepted: status 503", "", false},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "sent, and not answered", "", true},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "sent, and not answered", "the receiver hung up", true},
		{"endless", endless, "sent, and the answer does not say that it was accepted: status 200 OK", "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			collector := spurtest.NewCollector(t)
			collector.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
				_, _ = io.Copy(io.Discard, r.Body)
				tc.answer(w, r)
				return true
			})
			c := one(t, 500*time.Millisecond, "JAEGER_ENDPOINT="+collector.ThriftURL())
			if c.Status != fail || !strings.HasPrefix(c.Text, tc.text) || !strings.HasPrefix(c.Hint, tc.hint) || (c.TraceID != "") != tc.trace {
				t.Errorf("%+v\nwant %q and %q", c, tc.text, tc.hint)
			}
			if strings.Contains(c.Text, "\x1b") {
				t.Errorf("the terminal gets %q", c.Text)
			}
		})
	}
}

// endless answers as long as the client reads.
func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for {
		if _, err := w.Write(make([]byte, 64<<10)); err != nil {
			return
		}
	}
}

func TestOTLPReceiverGetsThrift(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // it has no /api/traces
		if r.URL.Path != "/v1/traces" {
			http.NotFound(w, r)
		}
	}))
	defer receiver.Close()
	c := one(t, usualTimeout, "JAEGER_ENDPOINT="+receiver.URL)
	if c.Status != fail || !strings.Contains(c.Text, "404") || !strings.Contains(c.Hint, "OTLP is usually taken at /v1/traces") {
		t.Errorf("%+v", c)
	}
	if c := one(t, usualTimeout, "JAEGER_ENDPOINT="+receiver.URL+"/v1/traces"); c.Status != ok || c.Name != "otlp" {
		t.Errorf("%+v", c)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshakes that fail
	server.StartTLS()
	defer server.Close()
	c := one(t, usualTimeout, "JAEGER_ENDPOINT="+server.URL)
	if c.Status != fail || !strings.Contains(c.Hint, "not signed by an authority that is trusted here") {
		t.Errorf("%+v", c)
	}
	c = one(t, usualTimeout, "JAEGER_ENDPOINT="+strings.Replace(server.URL, "https", "http", 1))
	if c.Status != fail || !strings.Contains(c.Hint, "try https://") {
		t.Errorf("%+v", c)
	}
}

func TestDistantSilence(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	start := time.Now()
	all := connect(t, 300*time.Millisecond, "JAEGER_ENDPOINT=http://"+listener.Addr().String(), "JAEGER_SAMPLING_ENDPOINT=http://"+listener.Addr().String())
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	for _, c := range all {
		if c.Status != fail || !strings.HasSuffix(c.Text, "within 300ms") {
			t.Errorf("%+v", c)
		}
	}
}
