// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"hash/maphash"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// builder makes Traces of documents. Equal ones, of an archive say, count once.
type builder struct {
	decoder   *decoder
	traces    ptrace.Traces
	resources map[string]*resource // by the bytes of their process
	known     map[known]bool
	seed      maphash.Seed
}

type known struct {
	id   pcommon.TraceID
	hash uint64
}

type resource struct {
	ptrace.ResourceSpans
	scopes map[[2]string]ptrace.SpanSlice
}

func newBuilder(d *decoder) *builder {
	return &builder{d, ptrace.NewTraces(), map[string]*resource{}, map[known]bool{}, maphash.MakeSeed()}
}

// add adds the span of a document and returns its trace id.
func (b *builder) add(source []byte) (id pcommon.TraceID, err error) {
	s, process, err := b.decoder.span(source)
	if err != nil {
		return id, err
	}
	to := ptrace.NewSpan()
	scope, version := s.Restore(to)
	// Times of OTLP are unsigned, those of Jaeger's model not.
	to.SetStartTimestamp(pcommon.Timestamp(s.Start))
	end := uint64(s.Start) + uint64(s.Duration)
	if end < uint64(s.Start) {
		end = 1<<64 - 1
	}
	to.SetEndTimestamp(pcommon.Timestamp(end))
	for i, e := range to.Events().All() {
		e.SetTimestamp(pcommon.Timestamp(s.Logs[i].Time))
	}
	id = to.TraceID()
	key := known{id, maphash.Bytes(b.seed, source)}
	if b.known[key] {
		return id, nil
	}
	r := b.resources[string(process)]
	if r == nil {
		rs := ptrace.NewResourceSpans()
		if err := b.decoder.process(process, rs.Resource().Attributes()); err != nil {
			return id, err
		}
		r = &resource{b.traces.ResourceSpans().AppendEmpty(), map[[2]string]ptrace.SpanSlice{}}
		rs.MoveTo(r.ResourceSpans)
		b.resources[string(process)] = r
	}
	list, ok := r.scopes[[2]string{scope, version}]
	if !ok {
		ss := r.ScopeSpans().AppendEmpty()
		ss.Scope().SetName(scope)
		ss.Scope().SetVersion(version)
		list = ss.Spans()
		r.scopes[[2]string{scope, version}] = list
	}
	to.MoveTo(list.AppendEmpty())
	b.known[key] = true
	return id, nil
}
