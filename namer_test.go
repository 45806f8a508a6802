// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// namer counts how often it is asked.
type namer struct {
	name   string
	panics bool
	asked  int
}

func (*namer) Apply(*opentracing.StartSpanOptions) { panic("Apply is not called") }

func (n *namer) SpurOperationName() string {
	n.asked++
	if n.panics {
		panic("no name")
	}
	return n.name
}

// namelessPanic is a Nameless sampler that panics when it is asked about names.
type namelessPanic struct{ earlyPanic }

func (n namelessPanic) Self() sampler.Sampler              { return n }
func (namelessPanic) IgnoresOperation(sampler.Params) bool { panic("names") }

// A Namer is asked when somebody wants to know, and once.
func TestNamer(t *testing.T) {
	byName, err := sampler.NewPerOperation(sampler.Strategy{Type: sampler.StrategyPerOperation, Operations: []sampler.OperationStrategy{{Operation: "GET /a", Probability: 1}}}, 10)
	if err != nil {
		t.Fatal(err)
	}
	caller := func(flags model.Flags) opentracing.StartSpanOption {
		c := NewSpanContext(model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, Flags: flags})
		return opentracing.ChildOf(c)
	}
	priority := func(n uint16) opentracing.StartSpanOption {
		return opentracing.Tag{Key: "sampling.priority", Value: n}
	}
	none := sampler.NewConst(false)
	for name, test := range map[string]struct {
		sampler sampler.Sampler
		opts    []Option
		start   opentracing.StartSpanOption
		asked   bool
	}{
		"sampled":                       {sampler: sampler.NewConst(true), asked: true},
		"not sampled":                   {sampler: none},
		"by name":                       {sampler: byName, asked: true},
		"by name, a caller has decided": {sampler: byName, start: caller(0)},
		"by name below such a caller": {
			sampler: sampler.NewParentBased(none, sampler.WithRemoteParentNotSampled(byName)), start: caller(0), asked: true,
		},
		"a caller samples":          {sampler: none, start: caller(model.FlagSampled), asked: true},
		"priority":                  {sampler: none, start: priority(1), asked: true},
		"priority against":          {sampler: sampler.NewConst(true), start: priority(0)},
		"a sampler of somebody's":   {sampler: &scripted{sample: func(sampler.Params) sampler.Decision { return sampler.Decision{} }}, asked: true},
		"a sampler that panics":     {sampler: namelessPanic{}, asked: true},
		"undecided":                 {sampler: &scripted{}, asked: true},
		"observed":                  {sampler: none, opts: []Option{WithObserver(&nameObserver{})}, asked: true},
		"a disabled tracer":         {sampler: sampler.NewConst(true), opts: []Option{WithDisabled(true)}},
		"a caller's, and observers": {sampler: none, start: caller(0), opts: []Option{WithObserver(&nameObserver{})}, asked: true},
	} {
		t.Run(name, func(t *testing.T) {
			tracer, _ := newTestTracer(t, append(test.opts, WithSampler(test.sampler))...)
			for _, tag := range []opentracing.StartSpanOption{nil, opentracing.Tag{Key: "k", Value: "v"}} {
				n := &namer{name: "GET /a"}
				opts := []opentracing.StartSpanOption{tag, n}
				if test.start != nil {
					opts = append(opts, test.start)
				}
				span := tracer.StartSpan("GET", opts...).(*Span)
				want, times := "GET", 0
				if test.asked {
					want, times = "GET /a", 1
				}
				if got := span.OperationName(); got != want || n.asked != times {
					t.Errorf("%q, asked %d times, want %q, %d times", got, n.asked, want, times)
				}
				span.Finish()
			}
		})
	}
	t.Run("what the sampler saw", func(t *testing.T) {
		seen := &scripted{}
		tracer, _ := newTestTracer(t, WithSampler(seen))
		tracer.StartSpan("GET", &namer{name: "GET /a"}).Finish()
		if got := seen.params[0].Operation; got != "GET /a" {
			t.Errorf("%q", got)
		}
	})
}

// nameObserver only has to be there.
type nameObserver struct{}

func (*nameObserver) OnStart(*Span, []model.Tag) {}

func TestNamerOfChildren(t *testing.T) {
	for name, test := range map[string]struct {
		sampler sampler.Sampler
		asked   int
	}{"sampled": {sampler.NewConst(true), 1}, "not sampled": {sampler.NewConst(false), 0}, "undecided": {&scripted{}, 1}} {
		tracer, _ := newTestTracer(t, WithSampler(test.sampler))
		root := tracer.StartSpan("root")
		n := &namer{name: "GET /a"}
		child := tracer.StartSpan("GET", opentracing.ChildOf(root.Context()), n).(*Span)
		if want := []string{"GET", "GET /a"}[test.asked]; n.asked != test.asked || child.OperationName() != want {
			t.Errorf("%s: %q, asked %d times, want %q, %d times", name, child.OperationName(), n.asked, want, test.asked)
		}
		child.Finish()
		root.Finish()
	}
}

func TestNamerWithoutName(t *testing.T) {
	for _, n := range []*namer{{}, {panics: true}} {
		tracer, got := newTestTracer(t)
		tracer.StartSpan("GET", n).Finish()
		if name := got.only(t).Operation; name != "GET" || n.asked != 1 {
			t.Errorf("%+v: %q, asked %d times", n, name, n.asked)
		}
		if panics := tracer.Stats().Cut.Panics; (panics == 1) != n.panics {
			t.Errorf("%+v: %d panics", n, panics)
		}
	}
}
