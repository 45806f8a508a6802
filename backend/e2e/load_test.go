// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/trace"
)

// spansEach is how many a trace of load has.
const spansEach = 50

// load sends traces, one a request, from several senders until it is stopped.
type load struct {
	stop  context.CancelFunc
	done  sync.WaitGroup
	taken atomic.Int64 // traces that were acknowledged
	mu    sync.Mutex
	ids   []pcommon.TraceID // of all that were sent
}

// startLoad begins to send OTLP to host:port, traces of a round that has its own. An
// answer that is not 200, or none, ends a sender.
func startLoad(t *testing.T, to string, round int) *load {
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{stop: cancel}
	for sender := range 4 {
		l.done.Go(func() {
			for n := uint32(1); ctx.Err() == nil; n++ {
				id := pcommon.TraceID{2: byte(round), 3: byte(sender + 1)}
				binary.BigEndian.PutUint32(id[12:], n)
				body, err := traceOf(id).MarshalProto()
				if err != nil {
					t.Error(err)
					return
				}
				l.mu.Lock()
				l.ids = append(l.ids, id)
				l.mu.Unlock()
				if !post(ctx, "http://"+to+"/v1/traces", body) {
					return
				}
				l.taken.Add(1)
			}
		})
	}
	return l
}

// end waits for the senders. It returns the ids of all they sent, and how many spans
// were acknowledged.
func (l *load) end() (ids []pcommon.TraceID, spans int64) {
	l.stop()
	l.done.Wait()
	return l.ids, l.taken.Load() * spansEach
}

func post(ctx context.Context, url string, body []byte) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return false
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// traceOf is a trace of spansEach spans.
func traceOf(id pcommon.TraceID) ptraceotlp.ExportRequest {
	r := ptraceotlp.NewExportRequest()
	rs := r.Traces().ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "load")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	start := time.Now()
	for i := range spansEach {
		s := spans.AppendEmpty()
		s.SetTraceID(id)
		s.SetSpanID(pcommon.SpanID{7: byte(i + 1)})
		if i > 0 {
			s.SetParentSpanID(pcommon.SpanID{7: 1})
		}
		s.SetName("work")
		s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Millisecond)))
		s.Attributes().PutStr("text", "a value of some length, so that it is a span like others")
		s.Attributes().PutInt("number", int64(i))
	}
	return r
}

// countSpans reads the traces and returns how many spans they have together.
func (p *process) countSpans(ids []pcommon.TraceID) (n int64) {
	p.t.Helper()
	for _, id := range ids {
		code, contentType, body := do(p.t, request(p.t, "GET", "http://"+p.addrs["query"]+path(id), nil))
		switch code {
		case 200:
			for f := range golden.FactsOf(code, contentType, body) {
				if f.Field == "operationName" {
					n++
				}
			}
		case 404:
		default:
			p.t.Fatalf("%s: %d %s", path(id), code, body)
		}
	}
	return n
}

// takesSpans checks that a new trace, number n, is taken and found, and returns its id.
func (p *process) takesSpans(n byte) pcommon.TraceID {
	p.t.Helper()
	id := pcommon.TraceID{0: 0xff, 15: n}
	body, err := traceOf(id).MarshalProto()
	if err != nil {
		p.t.Fatal(err)
	}
	if !post(p.t.Context(), "http://"+p.addrs["otlp-http"]+"/v1/traces", body) {
		p.t.Fatal("a trace is not taken")
	}
	end := time.Now().Add(10 * time.Second)
	for p.countSpans([]pcommon.TraceID{id}) != spansEach {
		if time.Now().After(end) {
			p.t.Fatal("a trace that was taken is not found")
		}
	}
	return id
}

// path is the address of a trace in the API.
func path(id pcommon.TraceID) string { return "/api/traces/" + trace.FormatTraceID(id) }
