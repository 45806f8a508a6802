// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// row is a span as the table traces has it.
type row struct {
	traceID                   raw
	spanID, hash, parent      int64
	operation                 string
	flags                     int32
	start, duration           int64 // microseconds
	tags, logs, refs, process raw
}

// micros and nanos change the unit of times.
func micros(ns int64) int64 {
	us := ns / 1000
	if ns%1000 < 0 {
		us--
	}
	return us
}

func nanos(us int64) int64 {
	return min(max(us, math.MinInt64/1000), math.MaxInt64/1000) * 1000
}

// process is one that spans to be written share.
type process struct {
	*model.Process
	encoded raw
}

func newProcess(r pcommon.Resource) *process {
	p := jaeger.ProcessOf(r)
	p.Service = valid(p.Service)
	mend(p.Tags)
	return &process{p, appendProcess(nil, p)}
}

// stored returns s as it is stored, with text that Cassandra takes.
func stored(s trace.Span) jaeger.Span {
	j := jaeger.Stored(s)
	if j.Start < 0 { // later than nanoseconds in an int64 can say
		j.Start = math.MaxInt64
	}
	j.Operation = valid(j.Operation)
	mend(j.Tags)
	for i := range j.Logs {
		mend(j.Logs[i].Fields)
	}
	for i := range j.Warnings {
		j.Warnings[i] = valid(j.Warnings[i])
	}
	return j
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// mend makes text that is not UTF-8 bytes, as Jaeger's collector does.
func mend(tags []model.Tag) {
	for i := range tags {
		t := &tags[i]
		t.Key = valid(t.Key)
		if t.Value.Kind() == model.KindString && !utf8.ValidString(t.Value.Str()) {
			t.Value = model.BytesString(t.Value.Str())
		}
	}
}

// newRow returns the row of j. scratch is what hash needs.
func newRow(j *jaeger.Span, p *process, scratch []byte) (*row, []byte) {
	id := jaeger.TraceID(j.TraceID)
	r := &row{
		traceID: id[:], spanID: int64(j.SpanID), operation: j.Operation, flags: int32(j.FlagBits),
		start: micros(j.Start), duration: micros(int64(j.Duration)), process: p.encoded,
	}
	var h uint64
	h, scratch = hash(j, p.Process, scratch)
	r.hash = int64(h)
	b := appendTags(make([]byte, 0, 64*(1+len(j.Tags))), j.Tags, j.Warnings)
	tags := len(b)
	b = appendLogs(b, j.Logs)
	logs := len(b)
	b = appendReferences(b, j.References)
	r.tags, r.logs, r.refs = raw(b[:tags:tags]), raw(b[tags:logs:logs]), raw(b[logs:])
	return r, scratch
}

// span returns what r holds, without its process.
func (r *row) span() (s jaeger.Span, err error) {
	if len(r.traceID) != 16 {
		return s, fmt.Errorf("a trace id of %d bytes", len(r.traceID))
	}
	s.TraceID, s.SpanID, s.ParentID = jaeger.TraceIDOf([16]byte(r.traceID)), model.SpanID(r.spanID), model.SpanID(r.parent)
	s.Operation, s.FlagBits = r.operation, uint32(r.flags)
	s.Flags = model.Flags(s.FlagBits)
	s.Start, s.Duration = nanos(r.start), time.Duration(nanos(r.duration))
	if s.Tags, s.Warnings, err = readTags(r.tags); err != nil {
		return s, fmt.Errorf("tags: %w", err)
	}
	if s.Logs, err = readLogs(r.logs); err != nil {
		return s, fmt.Errorf("logs: %w", err)
	}
	if s.References, err = readReferences(r.refs); err != nil {
		return s, fmt.Errorf("refs: %w", err)
	}
	return s, nil
}

// restorer makes traces of rows.
type restorer struct {
	jaeger.Restorer
	processes map[string]*model.Process
}

func (r *restorer) add(row *row) error {
	s, err := row.span()
	if err != nil {
		return err
	}
	p := r.processes[string(row.process)]
	if p == nil {
		if p, err = readProcess(row.process); err != nil {
			return fmt.Errorf("process: %w", err)
		}
		if r.processes == nil {
			r.processes = map[string]*model.Process{}
		}
		r.processes[string(row.process)] = p
	}
	r.Add(&s, p)
	return nil
}

// Keeps returns what is left of spans that are stored, in whatever order, and read
// again.
func Keeps(td ptrace.Traces) ptrace.Traces {
	var all restorer
	processes := map[ptrace.ResourceSpans]*process{}
	for s := range trace.Spans(td) {
		p := processes[s.Resource]
		if p == nil {
			p = newProcess(s.Resource.Resource())
			processes[s.Resource] = p
		}
		j := stored(s)
		r, _ := newRow(&j, p, nil)
		if err := all.add(r); err != nil {
			panic(err) // only for what is no row, which it made itself
		}
	}
	return all.Traces()
}
