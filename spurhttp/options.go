// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net/http"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/propagation"
)

// HandlerOption configures Handler.
type HandlerOption interface{ applyHandler(*config) }

// TransportOption configures Transport and Client.
type TransportOption interface{ applyTransport(*config) }

// Option configures both.
type Option interface {
	HandlerOption
	TransportOption
}

// config is what the options say.
type config struct {
	name     func(*http.Request) string // nil: see Handler and Transport
	filters  []func(*http.Request) bool // all must agree
	semantic bool
	tracer   *spur.Tracer

	edge spur.EdgePolicy // of a handler

	requireParent bool // of a transport, as the rest
	phases        bool
	tell          func(host string) bool // nil: everyone
}

// keeps reports whether a request is to be traced. A filter that panics wants it, and
// sets failed.
func (c *config) keeps(r *http.Request, failed *bool) bool {
	for _, keep := range c.filters {
		wanted := true
		if guard.Run(func() { wanted = keep(r) }) != nil {
			*failed = true
		}
		if !wanted {
			return false
		}
	}
	return true
}

// operation is what WithOperationName says, or "", also when that panics, which sets
// failed.
func (c *config) operation(r *http.Request, failed *bool) (name string) {
	if c.name != nil && guard.Run(func() { name = c.name(r) }) != nil {
		*failed = true
	}
	return name
}

// hookPanic is a start option for the span of a request for which a function of the
// program's has panicked: the tracer counts panics of start options.
type hookPanic struct{}

// Apply implements opentracing.StartSpanOption.
func (hookPanic) Apply(*opentracing.StartSpanOptions) {
	panic("spurhttp: in a function of the program")
}

type option func(*config)

func (o option) applyHandler(c *config)   { o(c) }
func (o option) applyTransport(c *config) { o(c) }

// WithOperationName sets how spans are called. name runs before the span starts, on
// the goroutine of the request, which it must not change. It should return few
// different names, and not paths with ids in them; where it returns "" the default
// name stands. So it does where it panics, which Stats.Cut.Panics counts.
func WithOperationName(name func(*http.Request) string) Option {
	return option(func(c *config) { c.name = name })
}

// WithFilter sets which requests are traced: those for which keep returns true. The
// others pass without a span. Of several filters all must agree. One that panics has
// agreed, and Stats.Cut.Panics counts it.
func WithFilter(keep func(*http.Request) bool) Option {
	return option(func(c *config) {
		if keep != nil {
			c.filters = append(c.filters, keep)
		}
	})
}

// WithSemanticNames has tags named as OpenTelemetry's semantic conventions for HTTP
// (version 1.27 and later, stable) name attributes: http.request.method, url.path,
// http.response.status_code and so on, instead of OpenTracing's names. The client's
// span gets the tag error from status 400 on instead of 500.
func WithSemanticNames() Option { return option(func(c *config) { c.semantic = true }) }

// WithEdgePolicy sets what becomes of the context in a request's headers. The default
// is spur.TrustCaller; spur.LinkCaller and spur.IgnoreCaller are for listeners that
// face the world, and give the handler a copy of the request without the headers of
// a trace and its baggage (propagation.Remove), so that a reverse proxy does not send
// them on. A value that is no policy is taken for spur.IgnoreCaller. A tracer with
// spur.WithEdgePolicy is never more trusting than that, but leaves the headers to the
// handler.
func WithEdgePolicy(p spur.EdgePolicy) HandlerOption {
	return option(func(c *config) { c.edge = p })
}

// WithoutProbes leaves health checks untraced: GET and HEAD requests for /healthz,
// /livez, /readyz, /health, /live, /ready or /ping, and those of the probes of
// Kubernetes, AWS and Google Cloud, known by their User-Agent.
func WithoutProbes() HandlerOption {
	return WithFilter(func(r *http.Request) bool { return !isProbe(r) })
}

// WithTracer sets who traces requests whose context has no span. Without it that is
// OpenTracing's global tracer, if it is one of spur's. Requests with a span in their
// context are traced by that span's tracer.
func WithTracer(t *spur.Tracer) TransportOption {
	return option(func(c *config) { c.tracer = t })
}

// WithRequiredParent leaves requests untraced whose context has no span.
func WithRequiredParent() TransportOption {
	return option(func(c *config) { c.requireParent = true })
}

// WithPhases has the span log what net/http does for the request: the events "dns start",
// "dns", "connect start", "connect", "tls start", "tls", "got connection", "got 100
// continue", "wrote request" and "first byte", with the error if there was one.
func WithPhases() TransportOption { return option(func(c *config) { c.phases = true }) }

// WithHosts has headers of a trace and baggage, also those that were in the request
// already, sent only to hosts that h matches; a nil h matches none. Requests to others
// are traced nevertheless. The default is to tell everyone.
func WithHosts(h *propagation.Hosts) TransportOption {
	return option(func(c *config) { c.tell = h.Match })
}
