// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"context"
	"net/http"
	"path"
	"strings"
	"sync/atomic"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
)

// SetRoute says which route a router has chosen for the request that ctx belongs to,
// as in "/orders/:id". It is for routers that Handler cannot ask, and wins over
// patterns that Handler finds; of several calls the last counts.
//
// The span of the nearest Handler gets the tag http.route, and is called by the
// request's method and the route unless WithOperationName or Span.SetOperationName has
// named it. The route should be one of few, not a path with ids in it. A method in
// front of it, as in "GET /orders/:id", takes the place of the request's.
//
// SetRoute does nothing with an empty route, without a Handler, or when that
// Handler's span has ended. It may be called from any goroutine.
func SetRoute(ctx context.Context, route string) {
	if ctx == nil || route == "" {
		return
	}
	s, ok := ctx.Value(scopeKey{}).(*scope)
	if !ok {
		return
	}
	said := route // what escapes
	for {
		before := s.said.Load()
		if before == ended {
			return
		}
		if s.said.CompareAndSwap(before, &said) {
			s.rename(route)
			return
		}
	}
}

// scope is the context of a request that is being served, in which its span is the
// current one.
type scope struct {
	context.Context
	span    *spur.Span
	server  *http.Request // as the server made it
	method  string        // of it, when the span started, as is its pattern: programs change requests
	pattern string
	named   bool   // by WithOperationName
	asked   bool   // for the route, when the span started
	route   string // what it was then

	said atomic.Pointer[string] // by SetRoute: the route, nil before, and ended once the span has
}

// ended is no route.
var ended = new(string)

type scopeKey struct{}

// currentSpan is the key under which OpenTracing looks for a context's span.
var currentSpan = func() any {
	p := &probe{Context: context.Background()}
	_ = opentracing.SpanFromContext(p)
	return p.key
}()

// probe is a context that remembers what it was asked for.
type probe struct {
	context.Context
	key any
}

func (p *probe) Value(key any) any {
	p.key = key
	return nil
}

// Value implements context.Context.
func (s *scope) Value(key any) any {
	switch key {
	case scopeKey{}:
		return s
	case currentSpan:
		return s.span
	}
	return s.Context.Value(key)
}

// rename calls the span after a route, unless the program has named it.
func (s *scope) rename(route string) {
	if !s.named {
		s.span.SuggestOperationName(routeName(s.method, route))
	}
}

// end returns the route as http.route has it, "" when nothing is recorded. The innermost
// mux has set r's pattern.
func (s *scope) end(r *http.Request) string {
	if said := s.said.Swap(ended); said != nil {
		if s.span.OperationName() != routeName(s.method, *said) { // SetRoute is about to say so
			s.rename(*said)
		}
		return withoutMethod(*said)
	}
	recording := s.span.IsRecording()
	if !recording && !s.asked { // nobody wants to know its name
		return ""
	}
	route := s.route
	if r.Pattern != route && (r.Pattern != s.pattern || !s.asked) {
		if pattern := realPattern(r, r.Pattern); pattern != "" {
			route = pattern
			s.rename(route)
		}
	}
	if !recording {
		return ""
	}
	return withoutHost(withoutMethod(route))
}

// routeNamer is the option that names an exchange's span.
type routeNamer struct{ *exchange }

var _ spur.Namer = routeNamer{}

// Apply implements opentracing.StartSpanOption.
func (routeNamer) Apply(*opentracing.StartSpanOptions) {}

// SpurOperationName implements spur.Namer.
func (x routeNamer) SpurOperationName() string {
	x.scope.asked = true
	x.scope.route = x.startRoute(x.scope.server)
	if x.scope.named {
		return ""
	}
	return routeName(x.scope.method, x.scope.route)
}

// router is a handler that can tell beforehand where a request will go.
type router interface {
	Handler(r *http.Request) (h http.Handler, pattern string)
}

// startRoute returns the pattern that the handler will choose, if it is a router, or
// that of a mux around it; "" when there is none.
func (h *handler) startRoute(r *http.Request) string {
	if h.router == nil || r.URL == nil {
		return realPattern(r, r.Pattern)
	}
	route := ""
	next := h.router
	for depth := 0; next != nil && depth < 8; depth++ { // a mux within itself has no end
		within, pattern := next.Handler(r)
		if pattern = realPattern(r, pattern); pattern == "" {
			break
		}
		route = pattern
		next, _ = within.(router)
	}
	return route
}

// realPattern returns the pattern, or "" where ServeMux gives the request's path for
// one: for a redirect from /path to /path/ (before Go 1.25 always, later for CONNECT).
func realPattern(r *http.Request, pattern string) string {
	if r.URL == nil {
		return pattern
	}
	asked := r.URL.Path
	if strings.HasSuffix(pattern, "/") && !strings.HasSuffix(asked, "/") && path.Clean("/"+asked)+"/" == pattern {
		return ""
	}
	return pattern
}

// routeName joins method and pattern. A pattern of http.ServeMux may begin with a
// method of its own, which is the request's, or GET for HEAD.
func routeName(method, pattern string) string {
	switch {
	case pattern == "":
		return methodName(method)
	case withoutMethod(pattern) != pattern:
		return pattern
	}
	return methodName(method) + " " + pattern
}

// withoutMethod is a pattern without the method and the blanks in front of it.
func withoutMethod(pattern string) string {
	i := 0
	for i < len(pattern) && pattern[i] != '/' && !isBlank(pattern[i]) {
		i++
	}
	if i == 0 || i == len(pattern) || pattern[i] == '/' {
		return pattern
	}
	for i < len(pattern) && isBlank(pattern[i]) {
		i++
	}
	return pattern[i:]
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// withoutHost is a pattern's path.
func withoutHost(pattern string) string {
	if i := strings.IndexByte(pattern, '/'); i > 0 {
		return pattern[i:]
	}
	return pattern
}
