// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
)

// otlpDocument is OTLP JSON in v3's envelope, {"result":{"resourceSpans":[…]}}: it
// calls yield with one trace at a time, and returns the errors of those that are
// missing, of which the first is "error" beside the result. Without any trace, that is
// the answer.
type otlpDocument func(yield func(ptrace.Traces) error) ([]*apiError, error)

func (each otlpDocument) writeTo(w *jsonWriter) error {
	o := otlpWriter{w: w}
	missing, err := each(o.traces)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errNoTraces
	case err != nil:
		return err
	case o.resources == 0 && len(missing) > 0:
		return missing[0]
	case o.resources == 0:
		return errNoTraces
	}
	w.text("]}")
	if len(missing) > 0 {
		w.text(`,"error":`)
		w.value(missingV3(missing))
	}
	w.text("}\n")
	return w.err
}

// missingV3 is the error of an answer from which traces are missing.
func missingV3(list []*apiError) v3Error {
	e := newV3Error(list[0])
	if others := len(list) - 1; others > 0 {
		e.Message += fmt.Sprintf(" (and %d more)", others)
	}
	e.Message = "trace " + list[0].TraceID + " is missing: " + e.Message
	return e
}

// otlpWriter writes spans one by one, since the JSON of a large trace takes much
// more memory than the trace. Each is marshaled alone, and what is around it is cut off.
type otlpWriter struct {
	w         *jsonWriter
	resources int // written so far
}

func (o *otlpWriter) traces(td ptrace.Traces) error {
	for _, rs := range td.ResourceSpans().All() {
		if o.resources++; o.resources == 1 {
			o.w.text(`{"result":{"resourceSpans":[`)
		} else {
			o.w.text(",")
		}
		o.resource(rs)
	}
	return o.w.err
}

func (o *otlpWriter) resource(rs ptrace.ResourceSpans) {
	alone := ptrace.NewTraces()
	rs.Resource().CopyTo(alone.ResourceSpans().AppendEmpty().Resource())
	o.part(alone, `{"resourceSpans":[`, `}]}`)
	o.w.text(`,"scopeSpans":[`)
	for i, ss := range rs.ScopeSpans().All() {
		if i > 0 {
			o.w.text(",")
		}
		o.scope(ss)
	}
	o.w.text("]")
	o.end(rs.SchemaUrl())
}

func (o *otlpWriter) scope(ss ptrace.ScopeSpans) {
	alone := ptrace.NewTraces()
	ss.Scope().CopyTo(alone.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Scope())
	o.part(alone, `{"resourceSpans":[{"resource":{},"scopeSpans":[`, `}]}]}`)
	o.w.text(`,"spans":[`)
	alone = ptrace.NewTraces()
	span := alone.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	for i, s := range ss.Spans().All() {
		if o.w.err != nil {
			return
		}
		if i > 0 {
			o.w.text(",")
		}
		s.CopyTo(span)
		o.part(alone, `{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[`, `]}]}]}`)
	}
	o.w.text("]")
	o.end(ss.SchemaUrl())
}

// end ends a resource or a scope: their schema URLs are written alike.
func (o *otlpWriter) end(schemaURL string) {
	alone := ptrace.NewTraces()
	alone.ResourceSpans().AppendEmpty().SetSchemaUrl(schemaURL)
	o.part(alone, `{"resourceSpans":[{"resource":{}`, `]}`)
}

// part writes td's JSON without what it begins and ends with.
func (o *otlpWriter) part(td ptrace.Traces, begin, end string) {
	if o.w.err != nil {
		return
	}
	b, err := new(ptrace.JSONMarshaler).MarshalTraces(td)
	b, begins := bytes.CutPrefix(b, []byte(begin))
	b, ends := bytes.CutSuffix(b, []byte(end))
	if err == nil && (!begins || !ends) {
		err = fmt.Errorf("OTLP JSON is not %s…%s", begin, end)
	}
	if err != nil {
		o.w.err = err
		return
	}
	_, o.w.err = o.w.w.Write(b)
}
