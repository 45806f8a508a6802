// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
)

func TestHTTPSends(t *testing.T) {
	tests := []struct {
		name, path string
		o          HTTPOptions
		format     Format
		uri, kind  string // of the request
	}{
		{"no path", "", HTTPOptions{}, JaegerBatch, "/api/traces", "application/x-thrift"},
		{"no path, OTLP", "", HTTPOptions{Format: OTLP}, OTLP, "/v1/traces", "application/x-protobuf"},
		{"slash, OTLP", "/", HTTPOptions{Format: OTLP}, OTLP, "/v1/traces", "application/x-protobuf"},
		{"Jaeger", "/api/traces?format=jaeger.thrift", HTTPOptions{}, JaegerBatch, "/api/traces?format=jaeger.thrift", "application/x-thrift"},
		{"OTLP", "/v1/traces", HTTPOptions{}, OTLP, "/v1/traces", "application/x-protobuf"},
		{"OTLP below a prefix", "/otlp/v1/traces/", HTTPOptions{}, OTLP, "/otlp/v1/traces/", "application/x-protobuf"},
		{"escaped path", "/a%2fb%20c", HTTPOptions{}, JaegerBatch, "/a%2fb%20c", "application/x-thrift"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := collect(t, nil)
			h := newHTTP(t, c.URL+tt.path, tt.o)
			if h.Format() != tt.format || h.MaxBatch() != DefaultHTTPBatch {
				t.Errorf("format %v, MaxBatch %d", h.Format(), h.MaxBatch())
			}
			for i := range 3 {
				wantHTTP(t, h, fmt.Sprint("batch ", i), "ok")
			}
			r, body := c.last()
			if r.Method != "POST" || r.RequestURI != tt.uri || body != "batch 2" || r.ContentLength != 7 {
				t.Errorf("%s %s, %d bytes: %q", r.Method, r.RequestURI, r.ContentLength, body)
			}
			for key, want := range map[string]string{
				"Content-Type": tt.kind, "User-Agent": "spur", "Content-Encoding": "", "Accept-Encoding": "", "Authorization": "",
			} {
				if got := r.Header.Get(key); got != want {
					t.Errorf("%s: %q, want %q", key, got, want)
				}
			}
			c.wantCounts(t, 3, 1)
		})
	}
}

func TestHTTPHeaders(t *testing.T) {
	c := collect(t, nil)
	withUser := strings.Replace(c.URL, "http://", "http://u%40x:p%3Ass@", 1)
	tests := []struct {
		name, url string
		o         HTTPOptions
		key, want string
	}{
		{"basic", c.URL, HTTPOptions{Username: "ann", Password: "s3cret"}, "Authorization", "Basic YW5uOnMzY3JldA=="},
		{"basic without password", c.URL, HTTPOptions{Username: "ann"}, "Authorization", "Basic YW5uOg=="},
		{"basic in the address", withUser, HTTPOptions{}, "Authorization", "Basic dUB4OnA6c3M="},
		{"bearer", c.URL, HTTPOptions{BearerToken: "t.o-k"}, "Authorization", "Bearer t.o-k"},
		{"extra", c.URL, HTTPOptions{Header: http.Header{"x-scope-orgid": {"me"}}}, "X-Scope-Orgid", "me"},
		{"own authorization", c.URL, HTTPOptions{Header: http.Header{"Authorization": {"ApiKey k"}}}, "Authorization", "ApiKey k"},
		{"own agent", c.URL, HTTPOptions{Header: http.Header{"User-Agent": {"me/1"}}}, "User-Agent", "me/1"},
		{"gzip", c.URL, HTTPOptions{Gzip: true}, "Content-Encoding", "gzip"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHTTP(t, tt.url, tt.o)
			if tt.o.Header != nil {
				tt.o.Header.Set(tt.key, "changed after NewHTTP")
			}
			wantHTTP(t, h, "batch", "ok")
			r, _ := c.last()
			if got := r.Header[tt.key]; len(got) != 1 || got[0] != tt.want {
				t.Errorf("%s: %q, want %q", tt.key, got, tt.want)
			}
		})
	}
}

func TestHTTPGzip(t *testing.T) {
	c := collect(t, nil)
	h := newHTTP(t, c.URL, HTTPOptions{Gzip: true})
	for _, batch := range []string{"one", strings.Repeat("many ", 190_000), "x"} {
		wantHTTP(t, h, batch, "ok")
		_, body := c.last()
		z, err := gzip.NewReader(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(z)
		if err != nil || string(got) != batch {
			t.Fatalf("%d bytes arrived, %v; want %d", len(got), err, len(batch))
		}
		if len(batch) > 1000 && len(body) > len(batch)/10 {
			t.Errorf("%d bytes became %d", len(batch), len(body))
		}
	}
	c.wantCounts(t, 3, 1)
}

func TestHTTPNothingToWrite(t *testing.T) {
	c := collect(t, nil)
	h := newHTTP(t, c.URL, HTTPOptions{MaxBatch: 1024})
	wantHTTP(t, h, "", "ok")
	wantHTTP(t, h, strings.Repeat("x", 1025), "too large")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := h.Send(ctx, []byte("batch"))
	if result(t, err) != "retryable" || !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v", err)
	}
	c.wantCounts(t, 0, 0)
	wantHTTP(t, h, strings.Repeat("x", 1024), "ok")
	_ = h.Close()
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if err := wantHTTP(t, h, "batch", "permanent"); !errors.Is(err, ErrClosed) {
		t.Errorf("Send after Close = %v", err)
	}
	wantHTTP(t, h, "", "permanent")
	c.wantCounts(t, 1, 1)
}

// The batch belongs to the caller again when Send returns, even when net/http has
// not written it all.
func TestHTTPDoesNotKeepTheBatch(t *testing.T) {
	c := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).EnableFullDuplex()
		w.WriteHeader(http.StatusServiceUnavailable) // and read nothing
		_ = http.NewResponseController(w).Flush()
	}))
	t.Cleanup(c.Close)
	h := newHTTP(t, c.URL, HTTPOptions{MaxBatch: 64 << 20})
	batch := bytes.Repeat([]byte("x"), 32<<20)
	for range 3 {
		if got := result(t, h.Send(context.Background(), batch)); got != "retryable" {
			t.Fatalf("Send: %s", got)
		}
		clear(batch) // the race detector watches
	}
}

func TestHTTPAddress(t *testing.T) {
	c := collect(t, nil)
	_, port, _ := net.SplitHostPort(c.Listener.Addr().String())
	h := newHTTP(t, "http://user:secret@localhost:"+port+"/x?key=k", HTTPOptions{})
	want := "http://localhost:" + port + "/x"
	if h.Address() != want {
		t.Errorf("address %q, want %q", h.Address(), want)
	}
	wantHTTP(t, h, "batch", "ok")
	if want += " (127.0.0.1:" + port + ")"; h.Address() != want {
		t.Errorf("address %q, want %q", h.Address(), want)
	}
	h = newHTTP(t, c.URL, HTTPOptions{})
	wantHTTP(t, h, "batch", "ok")
	if want := c.URL + "/api/traces"; h.Address() != want {
		t.Errorf("address %q, want %q", h.Address(), want)
	}
}

func TestHTTPPoolsNothingWithOthers(t *testing.T) {
	c := collect(t, nil)
	a, b := newHTTP(t, c.URL, HTTPOptions{}), newHTTP(t, c.URL, HTTPOptions{})
	for range 3 {
		wantHTTP(t, a, "a", "ok")
		wantHTTP(t, b, "b", "ok")
	}
	c.wantCounts(t, 6, 2)
}

// Hooks that an instrumented program puts into its contexts see nothing of us.
func TestHTTPIsNotTraced(t *testing.T) {
	c := collect(t, nil)
	h := newHTTP(t, c.URL, HTTPOptions{})
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		GetConn:      func(string) { t.Error("traced: GetConn") },
		ConnectStart: func(string, string) { t.Error("traced: ConnectStart") },
		WroteRequest: func(httptrace.WroteRequestInfo) { t.Error("traced: WroteRequest") },
	})
	if err := h.Send(ctx, []byte("batch")); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkHTTPSend counts what the client does; the server allocates nothing.
func BenchmarkHTTPSend(b *testing.B) {
	for _, size := range []int{1 << 10, 1 << 20} {
		for _, zip := range []bool{false, true} {
			b.Run(fmt.Sprintf("size=%d/gzip=%v", size, zip), func(b *testing.B) {
				p := newPeer(b, func(c *peerConn, _ int) { acceptAll(c) })
				h := newHTTP(b, p.url(), HTTPOptions{MaxBatch: 2 << 20, Gzip: zip})
				batch := bytes.Repeat([]byte("span 1 "), size/7)
				b.ReportAllocs()
				b.SetBytes(int64(len(batch)))
				b.ResetTimer()
				for range b.N {
					if err := h.Send(context.Background(), batch); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// acceptAll answers 202 to each request.
func acceptAll(c io.ReadWriter) {
	r := bufio.NewReaderSize(c, 64<<10)
	answer := []byte("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
	for length := 0; ; {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		if digits, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length = 0
			for _, d := range bytes.TrimSpace(digits) {
				length = 10*length + int(d-'0')
			}
		}
		if len(line) > len("\r\n") {
			continue
		}
		if _, err := r.Discard(length); err != nil {
			return
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}
