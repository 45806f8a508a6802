// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/internal/address"
	"github.com/go-spur/spur/internal/endpoint"
	"github.com/go-spur/spur/internal/env"
	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/throttler"
	"github.com/go-spur/spur/transport"
)

var (
	errNil       = errors.New("must not be nil")
	errNoService = errors.New("no service name: pass one to New, or set it in the environment and use FromEnv")
)

// ErrClosed is returned by what needs a running tracer after Shutdown or Close.
var ErrClosed = errors.New("spur: tracer is closed")

// ConfigError says which setting New cannot use and why. New joins several with
// errors.Join; find one with errors.As.
type ConfigError struct {
	Name  string // of the environment variable or option, such as JAEGER_TAGS
	Value string // as it was given, shortened to 128 bytes; secrets are masked
	Err   error  // what is wrong with it
}

// Error implements error: the name, the value and the reason.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("spur: %s=%q: %v", e.Name, e.Value, e.Err)
}

// Unwrap returns the reason.
func (e *ConfigError) Unwrap() error { return e.Err }

// config is what options write to. New validates it, then builds from it.
type config struct {
	service       string
	sampler       sampler.Sampler
	probability   float64        // when sampler is nil, until the sampling server answers
	remote        remoteSampling // when sampler is nil
	reporters     []reporter.Reporter
	formats       map[any]*codec
	headers       propagation.JaegerHeaders
	headerFormats *headerFormats // of HTTPHeaders and TextMap; nil for the default
	processTags   []opentracing.Tag
	limits        Limits
	logger        *slog.Logger
	observers     observers
	redactor      Redactor
	traceID128    bool
	clock         func() time.Time
	ids           IDGenerator
	disabled      bool
	edge          EdgePolicy
	noDebugFlag   bool
	keepers       []reporter.SpanKeeper // observers that may want to keep spans
	endpoints     []endpoint.Endpoint   // of WithEndpoint, or the one of FromEnv; none: the agent
	sending       sending
	noEndpoint    bool          // send nothing there
	unusable      *env.Unusable // what the environment wants instead of the agent
	console       bool
	logSpans      bool
	source        string // who set endpoints or noEndpoint: see Stats.Source
	fromEnv       bool   // announce the tracer
	notes         []note // logged once the logger is known
	errs          []error

	restrictions baggage.Restrictions // nil: none
	throttler    throttler.Throttler  // nil: Limits.DebugPerSec
}

// remoteSampling is what is known of the sampling server. It is less than
// sampler.RemoteOptions, for what config refers to is linked with all its methods.
type remoteSampling struct {
	endpoint        string
	maxOperations   int
	refreshInterval time.Duration
	overrule        bool          // ask also where callers have decided
	dial            poll.DialFunc // of tests
}

// headerFormats is what is read from headers, and what is written to them.
type headerFormats struct {
	extract, inject []propagation.Format
}

// note is a line for the log that is written when New succeeds.
type note struct {
	level slog.Level
	msg   string
	args  []any
}

// maxService is how many bytes of the service name are used.
const maxService = 1024

func newConfig(service string, opts []Option) *config {
	if strings.TrimSpace(service) == "" {
		service = ""
	}
	c := &config{
		service: service, probability: sampler.DefaultProbability, traceID128: true, source: sourceDefault,
		logger: slog.Default(), formats: map[any]*codec{},
	}
	for i, o := range opts {
		if isNil(o) {
			c.fail(fmt.Sprintf("option %d", i+1), "nil", errNil)
			continue
		}
		o.apply(c)
	}
	name, cut := format.Shorten(c.service, maxService)
	if cut {
		c.warn("spur: the service name is too long, and is cut", "bytes", len(c.service), "used", len(name))
	}
	c.service = name
	return c
}

// validate returns everything that is wrong, joined.
func (c *config) validate() error {
	if c.service == "" && !c.disabled {
		c.fail("service", "", errNoService)
	}
	return errors.Join(c.errs...)
}

func (c *config) fail(name, value string, err error) {
	c.errs = append(c.errs, &ConfigError{Name: name, Value: format.Short(value, 128), Err: err})
}

func (c *config) info(msg string, args ...any) {
	c.notes = append(c.notes, note{slog.LevelInfo, msg, args})
}

func (c *config) warn(msg string, args ...any) {
	c.notes = append(c.notes, note{slog.LevelWarn, msg, args})
}

// codec is what serves one format of Inject and Extract: one of the two.
type codec struct {
	text   propagation.Propagator
	own    *propagation.Textual // text, if it is ours
	binary propagation.BinaryPropagator
}

func (c *config) setFormat(option string, f any, p codec) {
	if f == nil || !reflect.ValueOf(f).Comparable() {
		c.fail(option, fmt.Sprintf("%T", f), errors.New("a format must be a comparable value"))
		return
	}
	if b, ok := f.(opentracing.BuiltinFormat); ok && (b == opentracing.Binary) != (p.binary != nil) {
		c.fail(option, fmt.Sprintf("%T(%d)", b, b), errors.New("opentracing.Binary is binary, HTTPHeaders and TextMap are textual"))
		return
	}
	c.formats[f] = &p
}

// warnOfUseless notes options that change nothing beside the others.
func (c *config) warnOfUseless() {
	otlp := slices.ContainsFunc(c.endpoints, func(e endpoint.Endpoint) bool { return e.Format == transport.OTLP })
	for _, o := range []struct {
		useless bool
		text    string
	}{
		{c.sending.semanticNames && !otlp, "WithSemanticNames: no endpoint takes OTLP"},
		{c.sending.inBandStats && !otlp, "WithInBandStats: no endpoint takes OTLP"},
		{c.throttler != nil && c.limits.DebugPerSec != 0, "Limits.DebugPerSec: WithDebugThrottler decides"},
		{c.headers != (propagation.JaegerHeaders{}) && !c.reads(propagation.FormatJaeger), "WithJaegerHeaders: Jaeger's format is not among those of WithFormats"},
	} {
		if o.useless && !c.disabled {
			c.warn("spur: an option without effect", "option", o.text)
		}
	}
}

// reads reports whether a format is read from headers or written to them.
func (c *config) reads(f propagation.Format) bool {
	h := c.headerFormats
	return h == nil || slices.Contains(h.extract, f) || slices.Contains(h.inject, f)
}

func (c *config) setProcessTag(key string, value any) {
	for i := range c.processTags {
		if c.processTags[i].Key == key {
			c.processTags[i].Value = value
			return
		}
	}
	c.processTags = append(c.processTags, opentracing.Tag{Key: key, Value: value})
}

// buildSampler returns the sampler that was set, or the default, which asks the
// sampling server and has a goroutine. Nobody asks a disabled tracer's.
func (c *config) buildSampler() (sampler.Sampler, error) {
	if c.sampler != nil {
		return followCallers(c.sampler), nil
	}
	if c.disabled {
		return sampler.NewParentBased(nil), nil
	}
	initial, err := sampler.NewProbabilistic(c.probability)
	if err != nil {
		return nil, err
	}
	o := sampler.RemoteOptions{
		Endpoint: c.remote.endpoint, RefreshInterval: c.remote.refreshInterval, MaxOperations: c.remote.maxOperations,
		Client: poll.NewClient(c.remote.dial, c.sending.proxy), Initial: initial, Logger: c.logger,
	}
	r, err := sampler.NewRemote(c.service, o)
	if err != nil {
		return nil, &ConfigError{Name: "sampling endpoint", Value: address.Hide(o.Endpoint), Err: err}
	}
	if c.remote.overrule {
		return sampler.NewOverruling(r), nil
	}
	return sampler.NewParentBased(r), nil
}

// buildFormats adds the usual propagators where no option set another.
func (c *config) buildFormats() error {
	opts := []propagation.Option{propagation.WithJaegerHeaders(c.headers), propagation.WithLimits(c.limits.Propagation)}
	http, err := c.textual(propagation.HTTP, opts)
	if err != nil {
		return err
	}
	text, err := c.textual(propagation.Text, opts)
	if err != nil {
		return err
	}
	binary, err := propagation.Binary(opts...)
	if err != nil {
		return err
	}
	for f, p := range map[any]*codec{
		opentracing.HTTPHeaders: {text: http},
		opentracing.TextMap:     {text: text},
		opentracing.Binary:      {binary: binary},
	} {
		if _, set := c.formats[f]; !set {
			c.formats[f] = p
		}
	}
	return nil
}

func (c *config) textual(kind propagation.Kind, opts []propagation.Option) (propagation.Propagator, error) {
	if c.headerFormats == nil {
		return propagation.Default(kind, opts...)
	}
	return propagation.Composite(kind, c.headerFormats.extract, c.headerFormats.inject, opts...)
}

// formatsError names the option that an error of buildFormats is about.
func (c *config) formatsError(err error) error {
	limits, headers := propagation.WithLimits(c.limits.Propagation), propagation.WithJaegerHeaders(c.headers)
	name, value := "WithFormats", fmt.Sprintf("%v", c.headerFormats)
	if _, bad := propagation.Default(propagation.HTTP, limits); bad != nil {
		name, value = "WithLimits", fmt.Sprintf("%+v", c.limits.Propagation)
	} else if _, bad := propagation.Default(propagation.HTTP, limits, headers); bad != nil {
		name, value = "WithJaegerHeaders", fmt.Sprintf("%+v", c.headers)
	}
	return &ConfigError{Name: name, Value: format.Short(value, 128), Err: err}
}

// discardHandler is slog's handler for nobody.
type discardHandler struct{}

func (discardHandler) Enabled(context.Context, slog.Level) bool  { return false }
func (discardHandler) Handle(context.Context, slog.Record) error { return nil }
func (d discardHandler) WithAttrs([]slog.Attr) slog.Handler      { return d }
func (d discardHandler) WithGroup(string) slog.Handler           { return d }
