// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/trace"
)

// settings are those of a server that is nobody else's.
func settings(t *testing.T, engine string) config.Config {
	t.Helper()
	c := config.Default(config.AllInOne)
	c.Storage, c.Data = engine, t.TempDir()
	c.FreePorts()
	return c
}

func start(t *testing.T, c config.Config) *Server {
	t.Helper()
	s, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// drain waits until all that was received is stored. Nothing is received later.
func drain(t *testing.T, s *Server) {
	t.Helper()
	if err := s.closeReceivers(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.receivers = nil
	if s.tracer != nil {
		if err := s.tracer.close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.collector.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

const body = `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"checkout"}}]},
	"scopeSpans":[{"spans":[
		{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0102030405060708","name":"GET /x","startTimeUnixNano":"1000000000","endTimeUnixNano":"2000000000"},
		{"traceId":"00000000000000000000000000000000","spanId":"0102030405060708","name":"refused"}]}]}]}`

// TestThrough: spans come in at a port and out at another; two servers in one
// process do not meet.
func TestThrough(t *testing.T) {
	for _, engine := range []string{"memory", "sqlite"} {
		t.Run(engine, func(t *testing.T) { through(t, engine) })
	}
}

func through(t *testing.T, engine string) {
	s, other := start(t, settings(t, engine)), start(t, settings(t, engine))
	resp, err := http.Post("http://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.Body.Close() != nil || resp.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte(`"rejectedSpans":"1"`)) {
		t.Errorf("%s: %s, %v", resp.Status, answer, err)
	}
	drain(t, s)
	for _, query := range []string{"/api/traces/0102030405060708090a0b0c0d0e0f10", "/api/traces?service=checkout&start=1&end=9999999"} {
		if code, got := get(t, "http://"+s.Addr(Query)+query); code != http.StatusOK || !strings.Contains(got, `"operationName":"GET /x"`) {
			t.Errorf("%s: %d %s", query, code, got)
		}
	}
	if _, got := get(t, "http://"+other.Addr(Query)+"/api/services"); !strings.Contains(got, `"data":[]`) && !strings.Contains(got, `"data":null`) {
		t.Errorf("the other server knows %s", got)
	}
	b := s.Books()
	if b.Received != 2 || b.Stored != 1 || b.Refused[trace.ReasonTraceID] != 1 || b.Balance() != 0 {
		t.Errorf("books: %+v", b)
	}
	var status struct {
		Books struct{ Received, Balance *int64 }
	}
	_, got := get(t, "http://"+s.Addr(Query)+"/api/status")
	if err := json.Unmarshal([]byte(got), &status); err != nil || status.Books.Received == nil || *status.Books.Received != 2 || *status.Books.Balance != 0 {
		t.Errorf("status: %s", got)
	}
	if _, got := get(t, "http://"+s.Addr(Admin)+"/metrics"); !strings.Contains(got, `jaeger_collector_spans_received_total{format="otlp",transport="http"} 2`) {
		t.Errorf("metrics: %s", got)
	}
}

// TestAgain: what is on disk is there for the next server, and for one at a time.
func TestAgain(t *testing.T) {
	c := settings(t, "sqlite")
	s := start(t, c)
	resp, err := http.Post("http://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil || resp.StatusCode != http.StatusOK || resp.Body.Close() != nil {
		t.Fatal(resp, err)
	}
	if _, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), c.Data) {
		t.Errorf("two servers at once: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	s = start(t, c)
	if code, got := get(t, "http://"+s.Addr(Query)+"/api/traces/0102030405060708090a0b0c0d0e0f10"); code != http.StatusOK {
		t.Errorf("after a restart: %d %s", code, got)
	}
}

func TestTokens(t *testing.T) {
	c := settings(t, "memory")
	c.QueryToken, c.CollectorToken = "reader", "sender"
	s := start(t, c)
	for _, test := range []struct {
		method, url, token string
		want               int
	}{
		{http.MethodGet, "http://" + s.Addr(Query) + "/api/services", "reader", 200},
		{http.MethodGet, "http://" + s.Addr(Query) + "/api/services", "sender", 401},
		{http.MethodGet, "http://" + s.Addr(Query) + "/api/services", "", 401},
		{http.MethodPost, "http://" + s.Addr(OTLPHTTP) + "/v1/traces", "sender", 200},
		{http.MethodPost, "http://" + s.Addr(OTLPHTTP) + "/v1/traces", "reader", 401},
		{http.MethodPost, "http://" + s.Addr(ThriftHTTP) + "/api/traces", "reader", 401},
		{http.MethodPost, "http://" + s.Addr(Zipkin) + "/api/v2/spans", "reader", 401},
		{http.MethodGet, "http://" + s.Addr(Admin) + "/", "", 200},
	} {
		r, err := http.NewRequest(test.method, test.url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+test.token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil || resp.StatusCode != test.want || resp.Body.Close() != nil {
			t.Errorf("%s %s with %q: %v, %v", test.method, test.url, test.token, resp, err)
		}
	}
}

func TestHealth(t *testing.T) {
	s := start(t, settings(t, "memory"))
	if code, got := get(t, "http://"+s.Addr(Admin)+"/"); code != http.StatusOK {
		t.Errorf("ready: %d %s", code, got)
	}
	s.becomes(errors.New("otlp-grpc: gone"))
	s.becomes(nil) // does not make it well again
	if code, got := get(t, "http://"+s.Addr(Admin)+"/"); code != http.StatusServiceUnavailable || !strings.Contains(got, "otlp-grpc: gone") {
		t.Errorf("when a port is gone: %d %s", code, got)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !errors.Is(s.Ready(), errStopping) {
		t.Errorf("when closed: %v", s.Ready())
	}
	for _, p := range s.ports {
		if p.Name == ThriftCompact || p.Name == ThriftBinary {
			continue
		}
		if conn, err := net.Dial("tcp", p.Address); err == nil {
			_ = conn.Close()
			t.Errorf("%s is still open", p.Name)
		}
	}
}

// TestTaken: a port that is taken is left out, and named; query's is needed.
func TestTaken(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tcp.Close() }()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = udp.Close() }()

	c := settings(t, "memory")
	c.OTLPGRPC, c.AdminHTTP, c.CompactUDP = tcp.Addr().String(), tcp.Addr().String(), udp.LocalAddr().String()
	s := start(t, c)
	for _, name := range []string{OTLPGRPC, Admin, ThriftCompact} {
		if addr := s.Addr(name); addr != "" {
			t.Errorf("%s listens at %s", name, addr)
		}
		if want := " " + name; !strings.Contains(s.banner(0), want) {
			t.Errorf("the banner has no %s:\n%s", name, s.banner(0))
		}
	}
	if n := strings.Count(s.banner(0), "taken, perhaps by another Jaeger"); n != 3 {
		t.Errorf("the banner names %d ports:\n%s", n, s.banner(0))
	}

	c.QueryHTTP = tcp.Addr().String()
	_, err = Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), tcp.Addr().String()+" is taken") || !strings.Contains(err.Error(), "--query.http-server.host-port") {
		t.Errorf("query's port is taken: %v", err)
	}
	c.QueryHTTP, c.Listen = "0", "no.such.host.invalid"
	if _, err = Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("it listens at a host that there is not")
	}
}

// TestSelfTrace: requests and writes are traced, but not the writes of those traces.
func TestSelfTrace(t *testing.T) {
	c := settings(t, "memory")
	c.SelfTrace = true
	s := start(t, c)
	get(t, "http://"+s.Addr(Query)+"/api/services")
	resp, err := http.Post("http://"+s.Addr(OTLPHTTP)+"/v1/traces", "application/json", strings.NewReader(body))
	if err != nil || resp.Body.Close() != nil {
		t.Fatal(err)
	}
	drain(t, s)
	if b := s.Books(); b.Received != 3 { // two sent, one of the request; that of the write came too late, or is the fourth
		if b.Received != 4 {
			t.Errorf("books: %+v", b)
		}
	}
	_, got := get(t, "http://"+s.Addr(Query)+"/api/services/"+selfService+"/operations")
	if !strings.Contains(got, "GET /api/services") {
		t.Errorf("operations: %s", got)
	}
}
