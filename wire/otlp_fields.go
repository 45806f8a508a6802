// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"slices"
	"strings"

	"github.com/go-spur/spur/model"
)

// Tags that OTLP has fields for.
const (
	tagSpanKind          = "span.kind"
	tagError             = "error"
	tagStatusCode        = "otel.status_code"
	tagStatusDescription = "otel.status_description"
)

// fields says which tags are not attributes, because the Span message has fields
// for them. Of several with the same key it is the last one that fits.
type fields struct {
	kind, status                           byte // 0: none
	kindAt, errorAt, codeAt, descriptionAt int  // indices of the tags; -1: none
	last                                   int  // the largest of them
}

// holds reports whether a tag is in a field.
func (f *fields) holds(i int) bool {
	return i <= f.last && (i == f.kindAt || i == f.errorAt || i == f.codeAt || i == f.descriptionAt)
}

// findFields looks at the lengths first, as nearly no tag is one of these.
func findFields(tags []model.Tag) fields {
	f := fields{kindAt: -1, errorAt: -1, codeAt: -1, descriptionAt: -1, last: -1}
	var code byte
	for i := range tags {
		t := &tags[i]
		switch len(t.Key) {
		case len(tagSpanKind):
			if t.Key == tagSpanKind {
				if kind := otlpKind(t.Value); kind != 0 {
					f.kind, f.kindAt = kind, i
				}
			}
		case len(tagError):
			if t.Key == tagError && (t.Value.Bool() || t.Value.Kind() == model.KindString && t.Value.Str() == "true") {
				f.status, f.errorAt = statusError, i
			}
		case len(tagStatusCode):
			if t.Key == tagStatusCode {
				if c := otlpStatus(t.Value); c != 0 {
					code, f.codeAt = c, i
				}
			}
		case len(tagStatusDescription):
			if t.Key == tagStatusDescription && t.Value.Kind() == model.KindString {
				f.descriptionAt = i
			}
		}
	}
	if f.status != 0 {
		f.codeAt = -1
	}
	if f.status = max(f.status, code); f.status == 0 {
		f.descriptionAt = -1
	}
	f.last = max(f.kindAt, f.errorAt, f.codeAt, f.descriptionAt)
	return f
}

// kindNames are the values of the tag span.kind in the order of Span.SpanKind,
// which begins with "unspecified".
var kindNames = [...]string{"", "internal", "server", "client", "producer", "consumer"}

// otlpKind returns 0 for what is none of OpenTelemetry's kinds.
func otlpKind(v model.Value) byte {
	if v.Kind() != model.KindString {
		return 0
	}
	return byte(max(slices.Index(kindNames[:], v.Str()), 0))
}

// otlpStatus returns 0 for what is neither "OK" nor "ERROR".
func otlpStatus(v model.Value) byte {
	switch {
	case v.Kind() != model.KindString:
		return 0
	case strings.EqualFold(v.Str(), "OK"):
		return statusOK
	case strings.EqualFold(v.Str(), "ERROR"):
		return statusError
	}
	return 0
}
