// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const tracesURL = "http://" + streamAddr + "/api/traces"

// newClient returns a client of nw that follows no redirects.
func newClient(t *testing.T, nw *Network) *http.Client {
	tr := &http.Transport{DialContext: nw.Dial, DisableCompression: true, MaxIdleConnsPerHost: 100}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func newHTTPPeer(t *testing.T) (*Network, *HTTPPeer, *http.Client) {
	t.Helper()
	nw := new(Network)
	p := nw.ListenHTTP(streamAddr)
	t.Cleanup(func() {
		if err := p.Close(); err != nil || p.Open() != 0 {
			t.Errorf("after Close: %v, %d connections", err, p.Open())
		}
	})
	return nw, p, newClient(t, nw)
}

// post returns the answer's status and body, or why there is none.
func post(ctx context.Context, c *http.Client, url string, body []byte, header ...string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return res.StatusCode, string(b), err
}

func gzipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHTTPPeerRecords(t *testing.T) {
	_, p, c := newHTTPPeer(t)
	begin := time.Now()
	plain := []byte(strings.Repeat("span ", 1000))
	small := gzipped(t, plain)
	status, body, err := post(context.Background(), c, tracesURL+"?format=jaeger", small, "Content-Encoding", "gzip", "X-Tenant", "a")
	if status != 202 || body != "" || err != nil {
		t.Errorf("answer %d %q, %v", status, body, err)
	}
	status, _, err = post(context.Background(), c, "http://"+streamAddr+"/v1/traces", nil, "Content-Type", "application/x-protobuf")
	if status != 200 || err != nil {
		t.Errorf("answer %d, %v", status, err)
	}
	rs := p.Requests()
	if len(rs) != 2 || p.admitted != 1 {
		t.Fatalf("%d requests, %d connections", len(rs), p.admitted)
	}
	r := rs[0]
	if r.Method != "POST" || r.Path != "/api/traces?format=jaeger" || r.Host != streamAddr || r.Header.Get("X-Tenant") != "a" ||
		!bytes.Equal(r.Body, plain) || r.Sent != len(small) || r.Connection != 1 || r.Behaviour != "healthy" || !r.Accepted || r.Err != nil ||
		r.Time.Before(begin) || r.Time.After(time.Now()) {
		t.Errorf("request %+v", r)
	}
	if r := rs[1]; r.Path != "/v1/traces" || len(r.Body) != 0 || !r.Accepted || r.Connection != 1 {
		t.Errorf("request %+v", r)
	}
}

func TestHTTPPeerBadRequests(t *testing.T) {
	bomb := gzipped(t, make([]byte, maxBody+1))
	full := gzipped(t, make([]byte, maxBody))
	for _, tc := range []struct {
		name, encoding string
		body           []byte
		status         int
		size           int
	}{
		{"largest", "gzip", full, 202, maxBody},
		{"bomb", "gzip", bomb, 413, 0},
		{"largest plain", "", make([]byte, maxBody), 202, maxBody},
		{"too large", "", make([]byte, maxBody+1), 413, 0},
		{"no gzip", "gzip", []byte("plain"), 400, 0},
		{"cut gzip", "gzip", gzipped(t, make([]byte, 1000))[:20], 400, 0},
		{"unknown", "br", []byte("x"), 400, 0},
		{"identity", "identity", []byte("x"), 202, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, p, c := newHTTPPeer(t)
			status, _, err := post(context.Background(), c, tracesURL, tc.body, "Content-Encoding", tc.encoding)
			if status != tc.status || err != nil {
				t.Errorf("answer %d, %v; want %d", status, err, tc.status)
			}
			rs := p.Requests()
			if len(rs) != 1 || rs[0].Accepted != (tc.status == 202) || (rs[0].Err == nil) != rs[0].Accepted || len(rs[0].Body) != tc.size {
				t.Errorf("books: %d requests, accepted %v, error %v", len(rs), len(rs) == 1 && rs[0].Accepted, rs[0].Err)
			}
		})
	}
	for _, tc := range []struct{ name, sent string }{
		{"no HTTP", "\x00\x01\x02\r\n\r\n"},
		{"no length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			nw, p, _ := newHTTPPeer(t)
			conn, err := nw.Dial(context.Background(), "tcp", streamAddr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, tc.sent)
			if got, err := io.ReadAll(conn); !strings.HasPrefix(string(got), "HTTP/1.1 400 ") || err != nil {
				t.Errorf("answer %q, %v", got, err)
			}
			if rs := p.Requests(); len(rs) != 1 || rs[0].Err == nil || rs[0].Accepted {
				t.Errorf("books %+v", rs)
			}
		})
	}
}

// A peer does not take what it cannot decode, whatever it is told.
func TestTakingNeedsSense(t *testing.T) {
	_, p, c := newHTTPPeer(t)
	p.Next(HangUp().Taking(), Healthy().Taking())
	for range 2 {
		_, _, _ = post(context.Background(), c, tracesURL, []byte("plain"), "Content-Encoding", "gzip")
	}
	if rs := p.Requests(); len(rs) != 2 || rs[0].Accepted || rs[1].Accepted {
		t.Errorf("books %+v", rs)
	}
}

func TestHTTPPeerProtocol(t *testing.T) {
	const length0 = "Content-Length: 0\r\n"
	for _, tc := range []struct {
		name, sent string
		next       Behaviour
		want       string
	}{
		{
			"pipelined", "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.0\r\n\r\n", Healthy(),
			"HTTP/1.1 202 Accepted\r\n" + length0 + "\r\nHTTP/1.1 202 Accepted\r\nConnection: close\r\n" + length0 + "\r\n",
		},
		{
			"expect", "POST /v1/traces HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", Healthy(),
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n" + length0 + "\r\n",
		},
		{
			"head", "HEAD / HTTP/1.0\r\n\r\n", Answer(200, "text/plain", "abc"),
			"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\n",
		},
		{"no content", "GET / HTTP/1.0\r\n\r\n", Answer(204, "", "abc"), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
		{
			"redirect", "GET /a?b=c HTTP/1.0\r\n\r\n", RedirectLoop(),
			"HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\n" + length0 + "Location: /a?b=c\r\n\r\n",
		},
		{
			"redirect elsewhere", "GET / HTTP/1.0\r\n\r\n", Status(302).Header("Location", "http://other/"),
			"HTTP/1.1 302 Found\r\nConnection: close\r\n" + length0 + "Location: http://other/\r\n\r\n",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			nw, p, _ := newHTTPPeer(t)
			p.Next(tc.next)
			c, err := nw.Dial(context.Background(), "tcp", streamAddr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = io.WriteString(c, tc.sent)
			got, err := io.ReadAll(c)
			if string(got) != tc.want || err != nil {
				t.Errorf("answer\n%q, %v; want\n%q", got, err, tc.want)
			}
		})
	}
}

func TestRedirectLoopCounts(t *testing.T) {
	_, p, c := newHTTPPeer(t)
	p.Set(RedirectLoop())
	c.CheckRedirect = nil // net/http gives up after ten
	if _, _, err := post(context.Background(), c, tracesURL, []byte("x")); err == nil || !strings.Contains(err.Error(), "10 redirects") {
		t.Errorf("error %v", err)
	}
	if n := len(p.Requests()); n != 10 || string(p.Requests()[9].Body) != "x" {
		t.Errorf("%d requests", n)
	}
}

func TestBehavioursAreValues(t *testing.T) {
	a := Status(503).Header("Retry-After", "1")
	b, c := a.Header("X", "b"), a.Header("X", "c").Taking()
	if a.header.Get("X") != "" || b.header.Get("X") != "b" || c.header.Get("X") != "c" || a.accepts() || !c.accepts() {
		t.Errorf("%v, %v, %v", a.header, b.header, c.header)
	}
	if Healthy().String() != "healthy" || c.String() != "503, taking" {
		t.Errorf("names %q, %q", Healthy(), c)
	}
}

func TestHTTPPeerConcurrentSafe(t *testing.T) {
	_, p, c := newHTTPPeer(t)
	faults := []Behaviour{Healthy(), Refuse(), ResetAt(10), HangUp(), Status(503), Restart(time.Millisecond)}
	var all sync.WaitGroup
	var mu sync.Mutex
	sure := make(map[string]bool) // answered 202
	for w := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 100 {
				body := fmt.Sprintf("batch %d of worker %d", i, w)
				if status, _, err := post(context.Background(), c, tracesURL, []byte(body)); err == nil && status == 202 {
					mu.Lock()
					sure[body] = true
					mu.Unlock()
				}
				_, _ = p.Requests(), p.Open()
				p.Set(faults[(w+i)%len(faults)])
			}
		}()
	}
	all.Wait()
	accepted := make(map[string]bool)
	for _, r := range p.Requests() {
		if r.Accepted {
			accepted[string(r.Body)] = true
		}
	}
	for body := range sure {
		if !accepted[body] {
			t.Errorf("%q was answered 202, the peer's books do not say so", body)
		}
	}
	if len(sure) == 0 || len(accepted) > 800 {
		t.Errorf("%d sure, %d accepted", len(sure), len(accepted))
	}
}
