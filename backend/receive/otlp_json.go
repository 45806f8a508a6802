// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"encoding/json"
	"errors"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// exportJSON is exportProto of a request in OTLP's JSON.
func exportJSON(ctx context.Context, b []byte, sink Sink, from trace.Origin) (refusal, error) {
	r, err := decodeJSON(b)
	if err != nil {
		return nil, unreadable(err)
	}
	return r.export(ctx, sink, from)
}

// decodeJSON reads a request in OTLP's JSON.
func decodeJSON(b []byte) (request, error) {
	if err := checkJSON(b); err != nil {
		return request{}, err
	}
	td, err := unmarshalJSON(b)
	if err == nil {
		return request{traces: td}, nil
	}
	var bad tally
	b, ferr := filterJSON(b, func(span []byte) bool {
		_, err := unmarshalJSON(aloneJSON(span))
		if err != nil {
			bad.add(trace.ReasonMalformed)
		}
		return err == nil
	})
	if ferr != nil {
		return request{}, err // which says more
	}
	td, err = unmarshalJSON(b)
	return request{td, bad.list()}, err
}

func unmarshalJSON(b []byte) (td ptrace.Traces, err error) {
	defer rescue(&err)
	return new(ptrace.JSONUnmarshaler).UnmarshalTraces(b)
}

// checkJSON returns an error for text that would take too much memory or stack to
// decode. Whether it is JSON is not looked at.
func checkJSON(b []byte) error {
	depth, objects := 0, 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if depth++; depth > jsonDepth {
				return errors.New("nested too deep")
			}
			objects++
		case '}', ']':
			depth--
		}
	}
	if objects > fewObjects && objects*jsonObject > len(b) {
		return errors.New("too many empty objects")
	}
	return nil
}

// filterJSON returns the spans of a request that keep wants.
func filterJSON(b []byte, keep func(span []byte) bool) ([]byte, error) {
	return filterArrays(b, func(resource []byte) ([]byte, error) {
		return filterArrays(resource, func(scope []byte) ([]byte, error) {
			return filterArrays(scope, func(span []byte) ([]byte, error) {
				if keep(span) {
					return span, nil
				}
				return nil, nil
			}, "spans")
		}, "scopeSpans", "scope_spans")
	}, "resourceSpans", "resource_spans")
}

// filterArrays returns the object b with each element of its arrays of these
// names replaced by what f makes of it, and without those of which f makes nil.
func filterArrays(b []byte, f func([]byte) ([]byte, error), names ...string) ([]byte, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return nil, err
	}
	for _, name := range names {
		if object[name] == nil {
			continue
		}
		var elements, left []json.RawMessage
		if err := json.Unmarshal(object[name], &elements); err != nil {
			return nil, err
		}
		for _, e := range elements {
			e, err := f(e)
			if err != nil {
				return nil, err
			}
			if e != nil {
				left = append(left, e)
			}
		}
		array, err := json.Marshal(left)
		if err != nil {
			return nil, err
		}
		object[name] = array
	}
	return json.Marshal(object)
}

// aloneJSON returns a request of one span.
func aloneJSON(span []byte) []byte {
	b := append([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[`), span...)
	return append(b, `]}]}]}`...)
}
