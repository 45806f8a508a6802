// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-spur/spur/backend/server"
)

// TestSlowReaders: clients that ask for much and do not read it hold up neither
// those who do nor the senders.
func TestSlowReaders(t *testing.T) {
	b := start(t, 1<<30, "--span-storage.type=memory")
	for i := range size(5, 400) {
		b.deliver(spans{trace: uint64(i) + 1, count: 500}.otlp())
	}
	b.settled()
	readers := size(20, 300)
	paths := []string{"/api/search?q=&limit=1000", "/api/live?q=", "/api/traces?service=faults&limit=1000", "/api/trace/" + traceHex(1) + "/outline", "/api/traces/" + traceHex(1)}
	for i := range readers {
		conn, err := net.Dial("tcp", b.addrs[server.Query])
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(1 << 10)
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[i%len(paths)]); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 { // the others do not read at all
			if _, err := bufio.NewReaderSize(conn, 16).ReadByte(); err != nil {
				t.Errorf("%s: %v", paths[i%len(paths)], err)
			}
		}
	}
	for i := range size(20, 400) { // events for the live ones
		b.deliver(spans{trace: uint64(i) + 100_001, count: 10}.otlp())
	}
	for _, path := range paths {
		if path != "/api/live?q=" {
			b.get(path)
		}
	}
	b.check()
}

// TestHugeQueries: questions that are long, deep, or ask for too much are answered
// or refused, at once.
func TestHugeQueries(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			b := start(t, 1<<30, "--span-storage.type="+engine, "--data="+t.TempDir())
			for i := range size(5, 1000) {
				b.deliver(spans{trace: uint64(i) + 1, count: 100}.otlp())
			}
			b.settled()
			queries := []string{
				strings.Repeat("(", 5000) + strings.Repeat(")", 5000),
				strings.Repeat("-", 5000) + "a",
				strings.Repeat("NOT ", 1500) + "a=b",
				strings.Repeat("a=b OR ", 1000) + "a=b",
				strings.Repeat("{a=b} AND ", 60) + "{a=b}",
				"text~" + strings.Repeat("(a*)*", 80) + "$",
				`text~"` + strings.Repeat("a{1000}", 10) + `"`,
				`text~".*.*.*.*.*.*.*.*.*.*x"`,
				`"` + strings.Repeat("a", 8000) + `"`,
				"number>=0 AND number<100000 -nothing -text~zzz",
				"-{number=1} -{nothing} -{text~zzz}",
				strings.Repeat("id:1 ", 200),
				"since:99999999h dur>0 dur<1ns",
				"\x00\xff\xfe",
				`a="` + strings.Repeat(`\"`, 3000),
			}
			var askers sync.WaitGroup
			limit := make(chan struct{}, 16)
			ask := func(path string) {
				limit <- struct{}{}
				askers.Go(func() {
					defer func() { <-limit }()
					code, body, err := b.do(http.MethodGet, b.url(server.Query, path), "", nil)
					if err != nil || code >= 500 && code != http.StatusServiceUnavailable && code != http.StatusGatewayTimeout || code == http.StatusOK && len(body) > 64<<20 {
						t.Errorf("%.100s: %d, %d bytes, %.200s, %v", path, code, len(body), body[:min(len(body), 200)], err)
					}
				})
			}
			for range size(1, 4) {
				for _, q := range queries {
					ask("/api/search?limit=1000&q=" + url.QueryEscape(q))
					ask("/api/traces?service=faults&limit=2147483647&tags=" + url.QueryEscape(`{"text":"`+q+`"}`))
				}
				var ids, columns strings.Builder
				for i := range 1000 {
					fmt.Fprintf(&ids, "&traceID=%x", i%100+1)
					fmt.Fprintf(&columns, "&columns=k%d", i)
				}
				ask("/api/traces?" + ids.String())
				ask("/api/search?q=" + columns.String())
				ask("/api/traces?service=faults&lookback=custom&start=-9223372036854775808&end=9223372036854775807&limit=-1&minDuration=1s")
				ask("/api/red?step=1ns&start=0&end=9223372036854775807")
				ask("/api/dependencies?endTs=9223372036854775807&lookback=9223372036854775807")
				ask("/api/keys?limit=1000000000&prefix=" + strings.Repeat("a", 10_000))
				ask("/api/values?limit=1000000000&key=text")
				ask("/api/trace/1/spans?ids=" + strings.Repeat("1,", 5000))
				ask("/api/metrics/latencies?service=faults&quantile=0.99&step=1&lookback=9000000000000")
				ask("/" + strings.Repeat("a/", 10_000))
			}
			for _, path := range []string{"/api/transform", "/api/import"} {
				for _, body := range []io.Reader{
					strings.NewReader(strings.Repeat("[", 1<<20)),
					strings.NewReader(`{"data":[` + strings.Repeat(`{"spans":[{}]},`, 1<<16) + `{}]}`),
				} {
					code, answer, err := b.do(http.MethodPost, b.url(server.Query, path), jsonType, body)
					if err != nil || code >= 500 {
						t.Errorf("POST %s: %d %.200s %v", path, code, answer, err)
					}
				}
			}
			askers.Wait()
			b.check()
		})
	}
}
