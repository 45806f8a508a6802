// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/internal/record"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/throttler"
)

var _ opentracing.Tracer = (*Tracer)(nil)

// Tracer starts spans and carries their contexts in and out of the process. Make
// one for each service name with New. All methods may be called from any
// goroutine; only Flush, Shutdown, Close, SetSampler and Stats wait for anything. A nil
// or zero *Tracer is one that is disabled and closed; a nil context is
// context.Background().
type Tracer struct {
	sampler    atomic.Pointer[samplerHolder]
	reporter   reporter.Reporter
	process    *model.Process
	limits     Limits
	clock      clock
	ids        IDGenerator // nil: random
	traceID128 bool
	observers  observers
	freezer    *record.Freezer
	debug      throttler.Throttler
	noDebug    bool // sampling.priority sets no debug flag
	keeps      bool // a reporter or observer keeps spans
	forgets    bool // the reporter does nothing
	disabled   bool
	plain      bool // no observers, and ids and clock are our own: see startPlain
	edge       EdgePolicy

	http, textMap *codec // the formats everybody uses, found without the map
	formats       map[any]*codec

	counters       [counterShards]counters
	rare           rare
	statsers       []reporter.Statser
	formatStatsers []formatStatser
	source         string
	logger         *slog.Logger

	restrictions baggage.Restrictions // nil: none

	samplerMu     sync.Mutex // orders SetSampler and Shutdown
	samplerClosed bool
	shutDown      chan struct{} // closed when the first Shutdown has ended
}

// New makes a tracer for a service. Without options it follows the decisions of
// callers, samples new traces as the agent at http://127.0.0.1:5778/sampling says
// (0.1 % until it answers), sends to Jaeger's agent at localhost:6831 over UDP and
// reads no environment, though the log names common JAEGER_* variables that are set.
// The service name may be empty if FromEnv finds one; one of more than 1,024 bytes is
// cut, with a warning.
//
// The error joins a ConfigError for each setting that cannot be used; the samplers and
// reporters among the options are then still the caller's. An agent that cannot be
// reached is no error.
//
// The tracer has a goroutine that sends and one that asks for the sampling strategy,
// until Shutdown or Close.
func New(service string, opts ...Option) (*Tracer, error) {
	c := newConfig(service, opts)
	if err := c.validate(); err != nil {
		return nil, err
	}
	c.warnOfUseless()
	t, err := build(c)
	if err != nil {
		return nil, err
	}
	if c.fromEnv {
		c.announce(t)
	} else {
		c.noteUnread()
	}
	for _, n := range c.notes {
		t.guard(func() { c.logger.Log(context.Background(), n.level, n.msg, n.args...) })
	}
	return t, nil
}

func build(c *config) (*Tracer, error) {
	c.limits = c.limits.withDefaults()
	if err := c.buildFormats(); err != nil {
		return nil, c.formatsError(err)
	}
	s, err := c.buildSampler()
	if err != nil {
		return nil, err
	}
	r, err := c.buildReporter()
	if err != nil {
		if c.sampler == nil {
			_ = sampler.CloseUnused(s, nil) // ours, and it has no error
		}
		return nil, err
	}
	t := &Tracer{
		reporter: r, limits: c.limits, ids: c.ids, traceID128: c.traceID128,
		observers: c.observers, freezer: newFreezer(c.limits, c.redactor), debug: c.throttler,
		noDebug: c.noDebugFlag, disabled: c.disabled, edge: c.edge,
		restrictions: c.restrictions, formats: c.formats, source: c.source, logger: c.logger, shutDown: make(chan struct{}),
	}
	if t.debug == nil {
		t.debug = throttler.NewLocal(t.limits.DebugPerSec)
	}
	t.plain = !c.disabled && !c.observers.any() && c.clock == nil && c.ids == nil
	t.startClock(c.clock)
	t.sampler.Store(holdSampler(s))
	if k, ok := r.(reporter.SpanKeeper); ok {
		t.guard(func() { t.keeps = t.keeps || k.KeepsSpans() })
	}
	for _, k := range c.keepers {
		t.guard(func() { t.keeps = t.keeps || k.KeepsSpans() })
	}
	switch r.(type) {
	case reporter.Null, reporter.NullKeeper: // and not what embeds them
		t.forgets = true
	}
	if st, ok := r.(reporter.Statser); ok {
		t.statsers = append(t.statsers, st)
	}
	t.findFormats()
	t.process = t.buildProcess(c)
	t.introduce(t.debug)
	return t, nil
}

// introduce tells a throttler that asks for it the id of this process.
func (t *Tracer) introduce(d throttler.Throttler) {
	i, ok := d.(interface{ Identify(uuid string) })
	if !ok {
		return
	}
	for _, tag := range t.process.Tags {
		if tag.Key == tagClientUUID && tag.Value.Kind() == model.KindString {
			t.guard(func() { i.Identify(tag.Value.Str()) })
		}
	}
}

// StartSpan implements opentracing.Tracer. The result is a *Span. Of the
// references the first valid ChildOf is the parent, else the first valid
// FollowsFrom; all valid ones are recorded. References to contexts of other
// tracers are counted and ignored. Options are not kept.
func (t *Tracer) StartSpan(operation string, opts ...opentracing.StartSpanOption) opentracing.Span {
	s := new(Span)
	if t != nil && t.plain && len(opts) == 0 {
		t.startPlain(s, operation, nil)
	} else {
		t.orNone().startWith(s, operation, opts)
	}
	return s
}

// StartSpanIn is StartSpan in memory of the caller's, for a type that has a Span as a field
// and is one allocation then. s is a zero Span, or nothing happens; it must not be copied
// from then on. Contexts and descendants of s refer to it, and so keep what it is a field of.
func (t *Tracer) StartSpanIn(s *Span, operation string, opts ...opentracing.StartSpanOption) {
	if s == nil || s.ctx.word != nil {
		return
	}
	t.orNone().startWith(s, operation, opts)
}

// startWith starts a span with options. Most roots have none, and many children nothing but
// their parent.
func (t *Tracer) startWith(s *Span, operation string, opts []opentracing.StartSpanOption) {
	if t.plain && len(opts) == 0 {
		t.startPlain(s, operation, nil)
		return
	}
	if t.plain && len(opts) == 1 {
		if parent, ok := t.soleParent(opts[0]); ok && parent == nil {
			t.startPlain(s, operation, nil)
			return
		} else if ok {
			t.startChild(s, operation, parent)
			return
		}
	}
	var o startOptions
	for _, opt := range opts {
		o.add(opt)
	}
	t.start(s, operation, &o)
}

// Start starts a span as a child of ctx's current span, unless a ChildOf or
// FollowsFrom among opts says otherwise, and returns a context in which it is the
// current span, for OpenTracing's functions too. It costs two allocations.
func (t *Tracer) Start(ctx context.Context, operation string, opts ...opentracing.StartSpanOption) (context.Context, *Span) {
	t, ctx = t.orNone(), orBackground(ctx)
	var o startOptions
	for _, opt := range opts {
		o.add(opt)
	}
	if !o.hasParent() {
		o.addParent(opentracing.SpanFromContext(ctx))
	}
	s := t.start(new(Span), operation, &o)
	return opentracing.ContextWithSpan(ctx, s), s
}

// orNone stands in for a tracer that New has not made.
func (t *Tracer) orNone() *Tracer {
	if t == nil || t.process == nil {
		return nowhere.tracer()
	}
	return t
}

// nowhere is the span of a context that has none. It has no ids, is finished, and
// belongs to a tracer that is disabled and closed.
var nowhere = newNowhere()

func newNowhere() *Span {
	c := newConfig("", []Option{WithDisabled(true)})
	t := &Tracer{
		disabled: true, limits: Limits{}.withDefaults(),
		freezer: newFreezer(Limits{}.withDefaults(), nil), reporter: reporter.Null{}, debug: throttler.NewLocal(-1),
		process: &model.Process{}, source: sourceDefault, samplerClosed: true, shutDown: make(chan struct{}),
	}
	close(t.shutDown)
	if c.buildFormats() == nil { // the defaults have no errors
		t.formats = c.formats
		t.findFormats()
	}
	t.startClock(nil)
	t.sampler.Store(new(samplerHolder))
	s := t.start(new(Span), "", &startOptions{})
	s.rec = record.Closed
	return s
}
