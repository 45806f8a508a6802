// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/trace"
)

// Fields of OTLP's messages (opentelemetry/proto/trace/v1/trace.proto).
const (
	fieldResourceSpans   protowire.Number = 1    // ExportTraceServiceRequest
	fieldResource        protowire.Number = 1    // ResourceSpans
	fieldScopeSpans      protowire.Number = 2    // ResourceSpans
	fieldDeprecatedSpans protowire.Number = 1000 // ResourceSpans; before 1.0
	fieldSpans           protowire.Number = 2    // ScopeSpans
	fieldEntityRefs      protowire.Number = 3    // Resource

	fieldTraceID  protowire.Number = 1 // Span
	fieldSpanID   protowire.Number = 2
	fieldParentID protowire.Number = 4
	fieldEvents   protowire.Number = 11
	fieldLinks    protowire.Number = 13
)

// exportProto hands the spans of a request in protobuf to the sink and returns
// which were refused, there or here. It keeps b. The error is a *bodyError for a
// request that cannot be read, else the sink's.
func exportProto(ctx context.Context, b []byte, sink Sink, from trace.Origin) (refusal, error) {
	checked, bad, spans, err := filterSpans(b)
	if err != nil {
		return nil, unreadable(err)
	}
	encoded, err := trace.Cut(checked)
	if err == nil && len(encoded) == spans { // nothing in fields of old
		taken, err := sink.TakeEncoded(ctx, encoded, from)
		if taken || err != nil {
			refused := refusal(bad.list())
			refused.count(sink, from)
			return refused, err
		}
	}
	r, err := unmarshalSpans(checked, bad)
	if err != nil {
		return nil, unreadable(err)
	}
	return r.export(ctx, sink, from)
}

// decodeProto reads a request in protobuf.
func decodeProto(b []byte) (request, error) {
	b, bad, _, err := filterSpans(b)
	if err != nil {
		return request{}, err
	}
	return unmarshalSpans(b, bad)
}

// filterSpans removes spans that must be refused before anything is decoded, so
// that they cost neither the others nor memory: two bytes make a span that takes
// 264. It returns how many are left.
func filterSpans(b []byte) (kept []byte, bad tally, spans int, err error) {
	kept, err = filter(b, func(span []byte) bool {
		reason := checkSpan(span)
		if reason != "" {
			bad.add(reason)
			return false
		}
		spans++
		return true
	})
	return kept, bad, spans, err
}

// unmarshalSpans decodes what filterSpans has left.
func unmarshalSpans(b []byte, bad tally) (request, error) {
	td, err := unmarshalProto(b)
	if err != nil { // what else one span has wrong
		b, _ = filter(b, func(span []byte) bool {
			_, err := unmarshalProto(alone(span))
			if err != nil {
				bad.add(trace.ReasonMalformed)
			}
			return err == nil
		})
		td, err = unmarshalProto(b)
	}
	return request{td, bad.list()}, err
}

func unmarshalProto(b []byte) (td ptrace.Traces, err error) {
	defer rescue(&err)
	request := ptraceotlp.NewExportRequest()
	err = request.UnmarshalProto(b)
	return request.Traces(), err
}

// checkSpan returns why a span must be refused before it is decoded, if it must.
func checkSpan(b []byte) trace.Reason {
	var hasTrace, hasSpan bool
	size, decoded := len(b), 0
	for len(b) > 0 {
		f, rest, err := nextField(b)
		if err != nil {
			return trace.ReasonMalformed
		}
		b = rest
		switch f.num {
		case fieldTraceID:
			if hasTrace = f.isID(16); !hasTrace {
				return trace.ReasonTraceID
			}
		case fieldSpanID:
			if hasSpan = f.isID(8); !hasSpan {
				return trace.ReasonSpanID
			}
		case fieldParentID:
			if len(f.value) != 0 && len(f.value) != 8 {
				return trace.ReasonSpanID
			}
		case fieldEvents:
			decoded += eventBytes
		case fieldLinks:
			decoded += linkBytes
		}
	}
	switch {
	case !hasTrace:
		return trace.ReasonTraceID
	case !hasSpan:
		return trace.ReasonSpanID
	case decoded > growth*size:
		return trace.ReasonTooLarge
	}
	return ""
}

// checkResource returns an error for a ResourceSpans whose resource would take
// too much memory to decode.
func checkResource(b []byte) error {
	for len(b) > 0 {
		f, rest, err := nextField(b)
		if err != nil {
			return err
		}
		b = rest
		if f.num != fieldResource {
			continue
		}
		size, decoded := len(f.value), 0
		for r := f.value; len(r) > 0; {
			f, rest, err := nextField(r)
			if err != nil {
				return err
			}
			r = rest
			if f.num == fieldEntityRefs {
				decoded += entityBytes
			}
		}
		if decoded > growth*size {
			return errors.New("too many empty entities")
		}
	}
	return nil
}

// filter returns the spans of a request that keep wants. Resources and scopes
// without any are left out. The result is b itself when it needs no change.
func filter(b []byte, keep func(span []byte) bool) ([]byte, error) {
	return filterMessages(b, isField(fieldResourceSpans), func(resource []byte) ([]byte, error) {
		if err := checkResource(resource); err != nil {
			return nil, err
		}
		return filterMessages(resource, isScopeSpans, func(scope []byte) ([]byte, error) {
			return filterMessages(scope, isField(fieldSpans), func(span []byte) ([]byte, error) {
				if keep(span) {
					return span, nil
				}
				return nil, nil
			})
		})
	})
}

func isField(num protowire.Number) func(protowire.Number) bool {
	return func(n protowire.Number) bool { return n == num }
}

func isScopeSpans(n protowire.Number) bool { return n == fieldScopeSpans || n == fieldDeprecatedSpans }

// filterMessages returns b with each message in the fields that are chosen
// replaced by what f makes of it, and without those of which f makes nil. It is
// nil when no message is left, and b itself when nothing changed.
func filterMessages(b []byte, chosen func(protowire.Number) bool, f func([]byte) ([]byte, error)) ([]byte, error) {
	var changed []byte // up to the field looked at, once something is different
	same, left := true, 0
	for rest := b; len(rest) > 0; {
		field, next, err := nextField(rest)
		if err != nil {
			return nil, err
		}
		at := len(b) - len(rest)
		raw := rest[:len(rest)-len(next)]
		rest = next
		if !chosen(field.num) {
			if !same {
				changed = append(changed, raw...)
			}
			continue
		}
		if field.typ != protowire.BytesType {
			return nil, fmt.Errorf("field %d is not a message", field.num)
		}
		m, err := f(field.value)
		switch {
		case err != nil:
			return nil, err
		case m != nil:
			left++
		}
		if same && (m == nil || len(m) != len(field.value)) {
			same, changed = false, append(changed, b[:at]...)
		}
		if !same && m != nil {
			changed = appendBytes(changed, field.num, m)
		}
	}
	switch {
	case left == 0:
		return nil, nil
	case same:
		return b, nil
	}
	return changed, nil
}

// alone returns a request of one span.
func alone(span []byte) []byte {
	b := appendBytes(nil, fieldSpans, span)
	b = appendBytes(nil, fieldScopeSpans, b)
	return appendBytes(nil, fieldResourceSpans, b)
}
