// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/uber/jaeger-client-go/internal/baggage"
	"github.com/uber/jaeger-client-go/internal/throttler"
	"github.com/uber/jaeger-client-go/log"
	"github.com/uber/jaeger-client-go/utils"
)

var errPanicked = errors.New("jaeger: an injector or extractor panicked")

// build makes the spur tracer from what the options said.
func (t *Tracer) build(s Sampler) {
	t.describeProcess()
	if s == nil {
		s = NewConstSampler(false)
	}
	if t.reporter == nil {
		t.reporter = NewNullReporter()
	}
	t.sampler = samplerV1toV2(s)
	native, custom := splitReporter(t.reporter)
	t.custom = custom
	var asked sampler.Sampler
	asked, t.late = t.spurSampler(s)
	t.watches = t.late != nil || len(custom) > 0 || len(t.observers) > 0 || t.options.zipkinSharedRPCSpan || t.options.throttler != nil
	t.keepsOnly = len(custom) > 0 && t.late == nil && len(t.observers) == 0 && !t.options.zipkinSharedRPCSpan && t.options.throttler == nil
	if t.options.disabled {
		t.watches, t.keepsOnly, t.counted = false, false, false
	}
	t.readsOptions = t.counted || t.logger != log.NullLogger
	if _, ok := t.reporter.(*nullReporter); ok {
		t.recent = new(recent)
	}
	switch {
	case len(custom) > 0:
		native = append(native, reporter.NullKeeper{}) // for reporters that want a *Span
	case len(native) == 0:
		native = append(native, reporter.Null{})
	}
	o := &t.options
	opts := []spur.Option{
		spur.WithSampler(asked),
		spur.WithFormats([]propagation.Format{propagation.FormatJaeger}, []propagation.Format{propagation.FormatJaeger}),
		spur.WithTraceID128(o.gen128Bit),
		spur.WithLimits(t.limits()),
		spur.WithTags(t.processTags()...),
		spur.WithLogger(slogger(t.logger)),
		spur.WithBaggageRestrictions(&restrictions{t}),
	}
	for _, r := range native {
		opts = append(opts, spur.WithReporter(r))
	}
	if o.noDebugFlag {
		opts = append(opts, spur.WithNoDebugFlag())
	}
	if o.headerKeys != nil {
		if err := o.headerKeys.check(); err != nil {
			t.logger.Error("the default names of headers are used: " + err.Error())
			o.headerKeys = nil
		} else {
			opts = append(opts, spur.WithJaegerHeaders(o.headerKeys.spurHeaders()))
		}
	}
	if o.disabled {
		opts = append(opts, spur.WithDisabled(true))
	}
	if o.timeNow != nil {
		opts = append(opts, spur.WithClock(o.timeNow))
	}
	if o.randomNumber != nil || o.highTraceIDGenerator != nil && o.gen128Bit {
		opts = append(opts, spur.WithIDGenerator(&idGenerator{o}))
	}
	if o.throttler != nil {
		opts = append(opts, spur.WithDebugThrottler(throttlerOf{o.throttler}))
	}
	t.addCodecs()
	service := t.serviceName
	if service == "" {
		service = "unknown_service"
	}
	var err error
	if t.spur, err = spur.New(service, opts...); err != nil {
		t.logger.Error("the tracer is disabled: " + err.Error())
		t.spur, _ = spur.New(service, spur.WithDisabled(true), spur.WithReporter(reporter.Null{}), spur.WithSampler(sampler.NewConst(false)))
	}
}

// describeProcess adds the process tags that the program has not set.
func (t *Tracer) describeProcess() {
	t.tags = append(t.tags, Tag{key: JaegerClientVersionTagKey, value: JaegerClientVersion})
	if hostname, err := os.Hostname(); err == nil {
		t.tags = append(t.tags, Tag{key: TracerHostnameTagKey, value: hostname})
	}
	if value, ok := t.tag(TracerIPTagKey); ok {
		text, _ := value.(string)
		ip, err := utils.ParseIPToUint32(text)
		if err != nil {
			t.logger.Error("Unable to convert the externally provided ip to uint32: " + err.Error())
		}
		t.hostIPv4 = ip
	} else if ip, err := utils.HostIP(); err == nil {
		t.tags = append(t.tags, Tag{key: TracerIPTagKey, value: ip.String()})
		t.hostIPv4 = utils.PackIPAsUint32(ip)
	} else {
		t.logger.Error("Unable to determine this host's IP address: " + err.Error())
	}
	if !t.options.gen128Bit && t.options.highTraceIDGenerator != nil {
		t.logger.Error("Overriding high trace ID generator but not generating " +
			"128 bit trace IDs, consider enabling the \"Gen128Bit\" option")
	}
	if t.options.maxTagValueLength <= 0 {
		t.options.maxTagValueLength = DefaultMaxTagValueLength
	}
	t.process = Process{Service: t.serviceName, UUID: strconv.FormatUint(t.randomID(), 16), Tags: t.tags}
	if p, ok := t.options.throttler.(ProcessSetter); ok {
		t.guard("the throttler's SetProcess", func() { p.SetProcess(t.process) })
	}
}

// tag returns the value of a process tag.
func (t *Tracer) tag(key string) (interface{}, bool) {
	for _, tag := range t.tags {
		if tag.key == key {
			return tag.value, true
		}
	}
	return nil, false
}

// processTags are the tags as spur takes them: of two with a key it keeps the last. The
// hostname is the program's, if it has set one.
func (t *Tracer) processTags() []opentracing.Tag {
	tags := append(t.Tags(), opentracing.Tag{Key: TracerUUIDTagKey, Value: t.process.UUID})
	hostname, _ := t.tag(TracerHostnameTagKey)
	for i := range tags {
		if tags[i].Key == TracerHostnameTagKey {
			tags[i].Value = hostname
		}
	}
	return tags
}

func (t *Tracer) limits() spur.Limits {
	return spur.Limits{TagValueLength: t.options.maxTagValueLength, NoEllipsis: true, LogsPerSpan: max(t.options.maxLogsPerSpan, 0)}
}

// randomID is a number of the program's, or ours where that panics.
func (t *Tracer) randomID() (id uint64) {
	if t.options.randomNumber != nil && t.guard("RandomNumber", func() { id = t.options.randomNumber() }) {
		return id
	}
	return 1 + rand.Uint64N(1<<63-1)
}

// idGenerator makes ids with the program's functions.
type idGenerator struct{ o *tracerOptions }

// number is not 0, unless the program's function returns nothing else.
func (g *idGenerator) number() (n uint64) {
	if g.o.randomNumber == nil {
		return rand.Uint64()
	}
	for range maxZeros {
		if n = g.o.randomNumber(); n != 0 {
			break
		}
	}
	return n
}

// TraceID implements spur.IDGenerator.
func (g *idGenerator) TraceID() model.TraceID {
	id := model.TraceID{Low: g.number()}
	switch {
	case !g.o.gen128Bit:
	case g.o.highTraceIDGenerator != nil:
		id.High = g.o.highTraceIDGenerator()
	default:
		id.High = g.number()
	}
	return id
}

// SpanID implements spur.IDGenerator.
func (g *idGenerator) SpanID() model.SpanID { return model.SpanID(g.number()) }

// restrictions asks the program's restrictions; without, values of up to 2,048 bytes are
// allowed.
type restrictions struct{ t *Tracer }

// Allowed implements spur's baggage.Restrictions.
func (r *restrictions) Allowed(service, key string) (maxLength int, ok bool) {
	m := r.t.options.restrictions
	if m == nil {
		return defaultRestriction.MaxValueLength(), true
	}
	rule := m.GetRestriction(service, key)
	return rule.MaxValueLength(), rule.KeyAllowed()
}

// Close implements io.Closer.
func (r *restrictions) Close() error { return closeOwned(r.t.options.restrictions) }

// closeOwned closes what can be closed.
func closeOwned(v any) error {
	if c, ok := v.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

var defaultRestriction = baggage.NewDefaultRestrictionManager(0).GetRestriction("", "")

// throttlerOf is J's throttler as spur asks it.
type throttlerOf struct{ throttler.Throttler }

// Allow implements spur's throttler.Throttler.
func (o throttlerOf) Allow(operation string) bool { return o.IsAllowed(operation) }

// Close implements io.Closer.
func (o throttlerOf) Close() error { return closeOwned(o.Throttler) }
