// SPDX-License-Identifier: Apache-2.0

package query

import "github.com/go-spur/spur/backend/trace"

// tracesDocument is an envelope of traces: it calls yield with one at a time,
// and returns the errors of those that are missing.
type tracesDocument func(yield func(*view) error) ([]*apiError, error)

func (each tracesDocument) writeTo(w *jsonWriter) error {
	w.text(`{"data":[`)
	n := 0
	errs, err := each(func(v *view) error {
		if n++; n > 1 {
			w.text(",")
		}
		v.writeTo(w)
		return w.err
	})
	if err != nil {
		return err
	}
	w.text(`],"total":0,"limit":0,"offset":0,"errors":`)
	w.value(errs)
	w.text("}\n")
	return w.err
}

// writeTo writes the trace span by span: all of a large one in Jaeger's form
// would take more memory than what it is made from.
func (v *view) writeTo(w *jsonWriter) {
	w.text(`{"traceID":`)
	w.value(trace.FormatTraceID(v.id))
	w.text(`,"spans":[`)
	for i := range v.spans {
		if w.err != nil {
			return
		}
		if i > 0 {
			w.text(",")
		}
		w.value(v.span(&v.spans[i]))
	}
	w.text(`],"processes":`)
	processes := make(map[string]process, len(v.processes))
	for i, p := range v.processes {
		processes[processID(i)] = p
	}
	w.value(processes)
	w.text(`,"warnings":`)
	w.value(v.warnings)
	w.text("}")
}
