// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"hash/maphash"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// builder makes Traces of documents. Equal ones, of an archive say, count once.
type builder struct {
	decoder   *decoder
	restorer  jaeger.Restorer
	processes map[string]*model.Process // by their bytes
	known     map[known]bool
	seed      maphash.Seed
}

type known struct {
	id   model.TraceID
	hash uint64
}

func newBuilder(d *decoder) *builder {
	return &builder{decoder: d, processes: map[string]*model.Process{}, known: map[known]bool{}, seed: maphash.MakeSeed()}
}

func (b *builder) traces() ptrace.Traces { return b.restorer.Traces() }

// add adds the span of a document.
func (b *builder) add(source []byte) error {
	s, process, err := b.decoder.span(source)
	if err != nil {
		return err
	}
	key := known{s.TraceID, maphash.Bytes(b.seed, source)}
	if b.known[key] {
		return nil
	}
	p := b.processes[string(process)]
	if p == nil {
		if p, err = b.decoder.process(process); err != nil {
			return err
		}
		b.processes[string(process)] = p
	}
	b.known[key] = true
	start, end := uint64(s.Start), uint64(s.Start)+uint64(s.Duration)
	if end < start {
		end = math.MaxUint64
	}
	span := b.restorer.Add(&s, p)
	span.SetStartTimestamp(pcommon.Timestamp(start))
	span.SetEndTimestamp(pcommon.Timestamp(end))
	for i, e := range span.Events().All() {
		e.SetTimestamp(pcommon.Timestamp(s.Logs[i].Time))
	}
	return nil
}

// within returns the spans that start in w.
func (b *builder) within(w trace.Window) ptrace.Traces {
	td := b.traces()
	if w.Start.IsZero() && w.End.IsZero() {
		return td
	}
	td.ResourceSpans().RemoveIf(func(rs ptrace.ResourceSpans) bool {
		rs.ScopeSpans().RemoveIf(func(ss ptrace.ScopeSpans) bool {
			ss.Spans().RemoveIf(func(s ptrace.Span) bool { return !w.Contains(s.StartTimestamp()) })
			return ss.Spans().Len() == 0
		})
		return rs.ScopeSpans().Len() == 0
	})
	return td
}
