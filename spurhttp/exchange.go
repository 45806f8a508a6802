// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net/http"
	"strconv"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

// exchange is one request that is being served.
type exchange struct {
	*handler
	span     *spur.Span
	response *response
	server   *http.Request // as the server made it
	request  *http.Request // as the handler has it
	name     name
	returned bool // not by a panic or the end of the goroutine
}

// end is deferred. It ends the span and passes a panic on.
func (x *exchange) end() {
	// The server removes the files of a multipart form, and middleware around this
	// handler looks for the pattern.
	if x.server.MultipartForm == nil {
		x.server.MultipartForm = x.request.MultipartForm
	}
	if x.server.Pattern == "" {
		x.server.Pattern = x.request.Pattern
	}
	var p any
	if !x.returned {
		p = recover() // nil after runtime.Goexit
	}
	x.finish(p)
	if p != nil {
		panic(p)
	}
}

// finish ends the span.
func (x *exchange) finish(p any) {
	route := x.name.route
	if route == "" {
		if route = realPattern(x.request, x.request.Pattern); route != "" && !x.name.final {
			x.span.SetOperationName(routeName(x.request.Method, route))
		}
	}
	if x.span.IsRecording() {
		status := x.status()
		x.logEnd(p)
		x.tagResponse(status)
		if x.semantic && route != "" {
			x.span.SetString("http.route", patternPath(route))
		}
		if status >= http.StatusInternalServerError {
			x.span.SetBool(string(ext.Error), true)
			if x.semantic {
				x.span.SetString("error.type", strconv.Itoa(status))
			}
		}
	}
	x.span.Finish()
}

// status is what the client was told, and 0 when it was told nothing. net/http
// says 200 for a handler that returns without a word.
func (x *exchange) status() int {
	if x.response.status == 0 && x.returned && !x.response.hijacked && !x.cancelled() {
		return http.StatusOK
	}
	return x.response.status
}

// cancelled reports whether the client has gone, or somebody else has ended the
// request.
func (x *exchange) cancelled() bool { return x.request.Context().Err() != nil }

// logEnd logs ends that are not the usual one.
func (x *exchange) logEnd(p any) {
	if x.response.hijacked {
		x.span.LogFields(log.Event("hijacked"))
	}
	if x.cancelled() {
		x.span.LogFields(log.Event("request cancelled"))
	}
	switch {
	case x.returned:
	case p == nil:
		x.span.LogFields(log.Event("goroutine ended"))
	case p != http.ErrAbortHandler: //nolint:errorlint // it is compared as net/http does
		x.span.LogPanic(p)
	case !x.cancelled(): // how handlers end a connection on purpose
		x.span.SetBool(string(ext.Error), true)
		x.span.LogFields(log.Event("aborted"))
	}
}
