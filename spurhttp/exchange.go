// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"net/http"

	"github.com/opentracing/opentracing-go/ext"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur"
)

// exchange is one request that is being served: one allocation, which is also the
// ResponseWriter, the request and its context that the handler gets. The span is another:
// whoever keeps that, or a context or child of its, must not keep the request.
type exchange struct {
	*handler
	response response
	scope    scope
	request  http.Request // as the handler has it
	returned bool         // not by a panic or the end of the goroutine
}

// end is deferred. It ends the span and passes a panic on.
func (x *exchange) end() {
	server := x.scope.server
	// The server removes the files of its own request's form, which this one is not.
	// It is not handed over: a handler that outlives its request is too late for that.
	if form := x.request.MultipartForm; form != nil && form != server.MultipartForm {
		_ = form.RemoveAll()
	}
	var p any
	if !x.returned {
		p = recover() // nil after runtime.Goexit
	}
	x.finish(p)
	// Middleware around this handler looks for the pattern, which a mux within has set.
	if x.request.Pattern != x.scope.pattern {
		server.Pattern = x.request.Pattern
	}
	if p != nil {
		panic(p)
	}
}

func (x *exchange) finish(p any) {
	span := x.scope.span
	route := x.scope.end(&x.request)
	if span.IsRecording() {
		status := x.status()
		x.logEnd(p)
		if status != 0 {
			tagStatus(span, status, http.StatusInternalServerError, x.semantic)
			if x.scope.method != http.MethodHead {
				span.SetInt64(sizeTag(x.semantic), x.response.written.Load())
			}
		}
		if route != "" {
			span.SetString("http.route", route)
		}
	}
	span.Finish()
}

// status is what the client was told, 0 when that is nothing or not known. net/http
// says 200 for a handler that returns without a word.
func (x *exchange) status() int {
	status := int(x.response.status.Load())
	switch {
	case x.cancelled():
		if hasTimeout(x.response.ResponseWriter) {
			return 0
		}
	case status == 0 && x.returned && !x.response.hijacked.Load():
		return http.StatusOK
	}
	return status
}

func (x *exchange) cancelled() bool { return x.scope.Err() != nil }

func (x *exchange) logEnd(p any) {
	span := x.scope.span
	if x.response.hijacked.Load() {
		span.LogFields(log.Event("hijacked"))
	}
	if x.cancelled() {
		span.LogFields(cancelledEvent)
	}
	switch {
	case x.returned:
	case p != http.ErrAbortHandler: //nolint:errorlint // it is compared as net/http does
		logPanic(span, p)
	case !x.cancelled(): // how handlers end a connection on purpose
		span.SetBool(string(ext.Error), true)
		span.LogFields(log.Event("aborted"))
	}
}

// cancelledEvent is logged when whoever asked did not wait for the answer.
var cancelledEvent = log.Event("request cancelled")

// logPanic logs what recover returned in place of an answer.
func logPanic(span *spur.Span, p any) {
	if p == nil { // runtime.Goexit
		span.LogFields(log.Event("goroutine ended"))
		return
	}
	span.LogPanic(p)
}
