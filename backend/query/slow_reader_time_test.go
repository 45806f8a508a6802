// SPDX-License-Identifier: Apache-2.0

package query

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestSlowReader: who takes no byte of an answer keeps nothing: spans are stored,
// others are answered, and the store can be closed. In the end it is cut off.
func TestSlowReader(t *testing.T) {
	hour := fmt.Sprintf("start=%d&end=%d", metricsStart.UnixNano(), metricsStart.Add(time.Hour).UnixNano())
	for _, path := range []string{"/api/red?" + hour, "/api/red?service=shop&byOperation=1&" + hour, "/api/usual?service=shop", "/api/map", "/api/search"} {
		synctest.Test(t, func(t *testing.T) {
			db := metricsStore(t, 10)
			conns := make(pipeListener, maxSearching)
			h := New(Config{Store: db})
			server := &http.Server{Handler: h}
			go func() { _ = server.Serve(conns) }() // until it is closed
			var readers []net.Conn
			for range maxSearching {
				client, conn := net.Pipe()
				conns <- conn
				if _, err := client.Write([]byte("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")); err != nil {
					t.Fatal(err)
				}
				readers = append(readers, client)
			}
			synctest.Wait() // the server writes now
			td := ptrace.NewTraces()
			s := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
			s.SetTraceID(pcommon.TraceID{1})
			s.SetSpanID(pcommon.SpanID{1})
			if err := db.Write(t.Context(), td); err != nil {
				t.Error(err)
			}
			if rec := get(h, "http://localhost"+path); rec.Code != http.StatusOK {
				t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			time.Sleep(writeTimeout + time.Second)
			for _, client := range readers {
				if n, err := client.Read(make([]byte, 1)); err != io.EOF {
					t.Errorf("%s: the reader still has an answer: %d bytes, %v", path, n, err)
				}
			}
			if err := server.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
