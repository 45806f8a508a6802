// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/backend/trace"
)

// request is what was read of an ExportTraceServiceRequest.
type request struct {
	traces  ptrace.Traces
	refused refusal // spans that are not in traces
}

// export hands a request to the sink and returns what was refused, there or
// here. An error is the sink's.
func (r request) export(ctx context.Context, sink Sink, from trace.Origin) (refusal, error) {
	r.refused.count(sink, from)
	if r.traces.SpanCount() > 0 {
		bad, err := sink.Take(ctx, r.traces, from)
		if err != nil {
			return nil, err
		}
		r.refused = append(r.refused, bad...)
	}
	return r.refused, nil
}

// exportSome is export for senders who cannot be told that a part was refused. It
// returns what was if that is all.
func (r request) exportSome(ctx context.Context, sink Sink, from trace.Origin) (refusal, error) {
	all := r.traces.SpanCount() + r.refused.spans()
	refused, err := r.export(ctx, sink, from)
	if refused.spans() < all {
		refused = nil
	}
	return refused, err
}

// refusal is what an ExportTraceServiceResponse says. All is well when it is
// empty: then partial_success must not be set.
type refusal []trace.Refused

// count tells the sink, which has not seen these spans.
func (r refusal) count(sink Sink, from trace.Origin) {
	for _, bad := range r {
		sink.Refuse(from, bad.Reason, bad.Count)
	}
}

func (r refusal) proto() ([]byte, error) {
	if len(r) == 0 {
		return nil, nil
	}
	return r.response().MarshalProto()
}

func (r refusal) json() ([]byte, error) {
	if len(r) == 0 {
		return []byte("{}"), nil
	}
	return r.response().MarshalJSON()
}

func (r refusal) response() ptraceotlp.ExportResponse {
	response := ptraceotlp.NewExportResponse()
	response.PartialSuccess().SetRejectedSpans(int64(r.spans()))
	response.PartialSuccess().SetErrorMessage(r.text())
	return response
}

// spans returns how many there are.
func (r refusal) spans() (n int) {
	for _, bad := range r {
		n += bad.Count
	}
	return n
}

// text returns what a sender is told.
func (r refusal) text() string {
	var reasons []string
	for _, bad := range r {
		reasons = append(reasons, fmt.Sprintf("%d %s", bad.Count, bad.Reason))
	}
	slices.Sort(reasons)
	return "spans refused: " + strings.Join(reasons, ", ")
}

// rescue makes a panic an error: pdata's decoders read what anyone sends.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("panic: %v", p)
	}
}

// tally are numbers of spans by reason.
type tally map[trace.Reason]int

func (t *tally) add(reason trace.Reason) {
	if *t == nil {
		*t = tally{}
	}
	(*t)[reason]++
}

func (t tally) list() (out []trace.Refused) {
	for reason, n := range t {
		out = append(out, trace.Refused{Reason: reason, Count: n})
	}
	return out
}
