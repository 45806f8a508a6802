// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"io"
)

// jsonWriter writes a large answer piece by piece. After an error it writes no
// more, and err is the first.
type jsonWriter struct {
	w   io.Writer
	enc *json.Encoder
	err error
}

func newJSONWriter(w io.Writer, indent string) *jsonWriter {
	enc := json.NewEncoder(w)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false) // browsers are told not to take it for HTML
	return &jsonWriter{w: w, enc: enc}
}

// text writes s as it is: brackets, commas and names.
func (w *jsonWriter) text(s string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.w, s)
	}
}

// value writes v as JSON.
func (w *jsonWriter) value(v any) {
	if w.err == nil {
		w.err = w.enc.Encode(v)
	}
}
