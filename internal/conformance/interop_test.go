// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// world is what a program runs in: a tracer of either kind, with ids that count
// from 1 and a clock that moves when it is told to.
type world struct {
	t       *testing.T
	tracer  opentracing.Tracer
	selfRef func(opentracing.SpanContext) opentracing.SpanReference
	elapsed atomic.Int64
	lastID  atomic.Uint64
	notes   []string
}

// epoch is when every program starts. Times that a program chooses itself lie
// before it.
var epoch = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func (w *world) now() time.Time       { return epoch.Add(time.Duration(w.elapsed.Load())) }
func (w *world) tick(d time.Duration) { w.elapsed.Add(int64(d)) }
func (w *world) nextID() uint64       { return w.lastID.Add(1) }

// finish ends a span a millisecond later.
func (w *world) finish(s opentracing.Span) {
	w.tick(time.Millisecond)
	s.Finish()
}

// note adds something that the program saw to what is compared.
func (w *world) note(format string, args ...any) {
	w.notes = append(w.notes, "note: "+fmt.Sprintf(format, args...))
}

// header notes what other services are told.
func (w *world) header(name string, sc opentracing.SpanContext) {
	m := opentracing.TextMapCarrier{}
	if err := w.tracer.Inject(sc, opentracing.TextMap, m); err != nil {
		w.note("%s: %v", name, err)
		return
	}
	w.note("%s injects %v", name, m)
}

// remote extracts headers.
func (w *world) remote(keysAndValues ...string) opentracing.SpanContext {
	m := opentracing.TextMapCarrier{}
	for i := 0; i < len(keysAndValues); i += 2 {
		m[keysAndValues[i]] = keysAndValues[i+1]
	}
	sc, err := w.tracer.Extract(opentracing.TextMap, m)
	if err != nil {
		w.t.Errorf("extracting %v: %v", m, err)
	}
	return sc
}

// TraceID and SpanID make world a spur.IDGenerator.
func (w *world) TraceID() model.TraceID { return model.TraceID{Low: w.nextID()} }

// SpanID is the other half.
func (w *world) SpanID() model.SpanID { return model.SpanID(w.nextID()) }

// program is something that users do, and what comes of it differently with spur:
// lines with "-" are jaeger-client-go's alone, lines with "+" spur's. Each such
// line is a decision of ours; any other difference is a mistake.
type program struct {
	name    string
	off     bool // the sampler says no
	run     func(w *world)
	why     string
	differs []string
}

// TestInterop runs the same programs with the real jaeger-client-go and with
// spur, sends both over UDP, and compares what arrives.
func TestInterop(t *testing.T) {
	equal, spans := 0, 0
	for _, p := range slices.Concat(tagPrograms(), logPrograms(), referencePrograms(), samplingPrograms(), otherPrograms()) {
		t.Run(p.name, func(t *testing.T) {
			j, n := onJ(t, &p)
			s, _ := onSpur(t, &p)
			got := difference(s, j)
			if !slices.Equal(got, p.differs) {
				t.Errorf("differs otherwise than it should (- J, + spur):\n%s\nand should:\n%s",
					strings.Join(got, "\n"), strings.Join(p.differs, "\n"))
			}
			if (len(p.differs) > 0) != (p.why != "") {
				t.Error("a difference needs a reason")
			}
			equal, spans = equal+len(j), spans+n
		})
	}
	t.Logf("%d spans with %d facts compared", spans, equal)
}

// onJ returns the facts of what jaeger-client-go sends, and how many spans it is.
func onJ(t *testing.T, p *program) ([]string, int) {
	t.Helper()
	rec := newReceiver(t)
	w := &world{t: t}
	tracer, done := newJ(t, rec.addr(), jaeger.NewConstSampler(!p.off), nil,
		jaeger.TracerOptions.TimeNow(w.now), jaeger.TracerOptions.RandomNumber(w.nextID))
	w.tracer = tracer
	w.selfRef = func(sc opentracing.SpanContext) opentracing.SpanReference {
		return jaeger.SelfRef(sc.(jaeger.SpanContext))
	}
	w.lastID.Store(0) // the constructor took one
	p.run(w)
	done()
	return w.facts(t, rec.all(t))
}

func onSpur(t *testing.T, p *program) ([]string, int) {
	t.Helper()
	rec := newReceiver(t)
	w := &world{t: t, selfRef: spur.SelfRef}
	tracer := newSpur(t, rec.addr(), transport.JaegerCompact, jaegerAlone(), spur.WithClock(w.now), spur.WithIDGenerator(w),
		spur.WithSampler(sampler.NewConst(!p.off)))
	w.tracer = tracer
	p.run(w)
	if err := tracer.Close(); err != nil {
		t.Error(err)
	}
	return w.facts(t, rec.all(t))
}

// facts are those of all spans, each named by its id, in the order of ids: spur
// sends spans of one batch in no particular order.
func (w *world) facts(t *testing.T, datagrams [][]byte) ([]string, int) {
	t.Helper()
	facts := slices.Clone(w.notes)
	spans := spansOf(process(t, true, datagrams...))
	slices.SortStableFunc(spans, func(a, b *idl.Span) int { return int(uint64(a.SpanId)&0xffff) - int(uint64(b.SpanId)&0xffff) })
	for _, s := range spans {
		logs := s.Logs
		s.Logs = nil
		name := fmt.Sprintf("%d: ", s.SpanId)
		for _, fact := range idlFacts(s) {
			if !strings.HasPrefix(fact, "span ") {
				facts = append(facts, name+fact)
			}
		}
		for i, l := range logs {
			at := fmt.Sprintf("%d µs before", epoch.UnixMicro()-l.Timestamp)
			if l.Timestamp >= epoch.UnixMicro() {
				at = "now" // J's LogFields knows no clock but time.Now
			}
			facts = append(facts, fmt.Sprintf("%slog %d %s: %s", name, i, at, strings.Join(idlTags("", l.Fields), ",")))
		}
	}
	return facts, len(spans)
}

// TestInteropProcess compares what both say about the process.
func TestInteropProcess(t *testing.T) {
	recJ, rec := newReceiver(t), newReceiver(t)
	j, done := newJ(t, recJ.addr(), jaeger.NewConstSampler(true), nil,
		jaeger.TracerOptions.Tag("zone", "eu"), jaeger.TracerOptions.Tag("n", 7), jaeger.TracerOptions.Tag("list", []int{1}))
	s := newSpur(t, rec.addr(), transport.JaegerCompact, spur.WithTags(
		opentracing.Tag{Key: "zone", Value: "eu"}, opentracing.Tag{Key: "n", Value: 7}, opentracing.Tag{Key: "list", Value: []int{1}}))
	j.StartSpan("x").Finish()
	s.StartSpan("x").Finish()
	done()
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	theirs, ours := process(t, true, recJ.all(t)...)[0].Process, process(t, true, rec.all(t)...)[0].Process
	if ours.ServiceName != theirs.ServiceName {
		t.Errorf("service %q, J has %q", ours.ServiceName, theirs.ServiceName)
	}
	mask := func(facts []string) []string {
		for i, f := range facts {
			for _, own := range []string{"jaeger.version", "client-uuid"} {
				if prefix := `tag "` + own + `" STRING "`; strings.HasPrefix(f, prefix) && len(f) > len(prefix)+1 {
					facts[i] = prefix
				}
			}
		}
		return facts
	}
	sameFacts(t, "process", mask(idlTags("tag", ours.Tags)), mask(idlTags("tag", theirs.Tags)))
}
