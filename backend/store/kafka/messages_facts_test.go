// SPDX-License-Identifier: Apache-2.0

package kafka

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/internal/golden"
)

// messageFacts are what messages say, read by nothing of ours. Of OTLP they are those of
// golden. Of Jaeger's model there is one for each field and tag of a span, named as in
// protobuf's JSON. What protobuf takes for the same is the same: a field that is zero and
// none, and in JSON the spellings of a time, a duration and a number.
func messageFacts(t *testing.T, encoding string, messages []golden.Message) golden.Facts {
	t.Helper()
	all := golden.Facts{}
	for _, m := range messages {
		switch encoding {
		case "otlp_proto", "otlp_json":
			maps.Copy(all, otlpFacts(t, encoding, m.Value))
		case "jaeger_proto", "protobuf":
			addFields(all, m.Key, protoFields(t, m.Value, "", spanFields))
		default:
			addFields(all, m.Key, jsonFields(t, m.Value))
		}
	}
	return all
}

// otlpFacts are those of a message as the OpenTelemetry Collector's library reads it.
func otlpFacts(t *testing.T, encoding string, b []byte) golden.Facts {
	t.Helper()
	if encoding == "otlp_proto" {
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			t.Fatal(err)
		}
		if b, err = new(ptrace.JSONMarshaler).MarshalTraces(td); err != nil {
			t.Fatal(err)
		}
	}
	return golden.FactsOf(http.StatusOK, "application/json", slices.Concat([]byte(`{"result":`), b, []byte(`}`)))
}

// field is one of a span in Jaeger's model.
type field struct{ name, value string }

// addFields adds those of a span, which is named by its key in Kafka, its id and its
// operation: client and server may share an id.
func addFields(all golden.Facts, key string, fields []field) {
	at := "key " + key
	for _, f := range fields {
		if f.name == "spanId" || f.name == "operationName" {
			at += ", " + f.name + " " + f.value
		}
	}
	for _, f := range fields {
		name := golden.Fact{Place: at, Field: f.name}
		for all[name] != "" { // a list, or a key that comes twice
			name.Field += "+"
		}
		all[name] = f.value
	}
}

// spanFields are the fields of jaeger.api_v2.Span, processFields of its Process.
var (
	spanFields = map[protowire.Number]string{
		1: "traceId", 2: "spanId", 3: "operationName", 4: "references", 5: "flags", 6: "startTime", 7: "duration", 8: "tags",
		9: "logs", 10: "process", 11: "processId", 12: "warnings",
	}
	processFields = map[protowire.Number]string{1: "serviceName", 2: "tags"}
)

func protoFields(t *testing.T, b []byte, prefix string, names map[protowire.Number]string) (all []field) {
	t.Helper()
	eachField(t, b, func(n protowire.Number, _, value []byte) {
		name := prefix + names[n]
		switch names[n] {
		case "process":
			all = append(all, protoFields(t, value, "process.", processFields)...)
			return
		case "tags":
			var tag, key []byte
			eachField(t, value, func(n protowire.Number, whole, value []byte) {
				if n == 1 {
					key = value
				}
				if len(bytes.Trim(value, "\x00")) > 0 {
					tag = append(tag, whole...)
				}
			})
			name, value = name+"."+string(key), tag
		}
		all = append(all, field{name, fmt.Sprintf("%q", value)})
	})
	return all
}

// eachField calls f for each field of a message, with all its bytes and with its value.
func eachField(t *testing.T, b []byte, f func(n protowire.Number, whole, value []byte)) {
	t.Helper()
	for len(b) > 0 {
		number, kind, size := protowire.ConsumeField(b)
		if size < 0 {
			t.Fatal(protowire.ParseError(size))
		}
		_, _, start := protowire.ConsumeTag(b)
		value := b[start:size]
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(value)
		}
		f(number, b[:size], value)
		b = b[size:]
	}
}

func jsonFields(t *testing.T, b []byte) (all []field) {
	t.Helper()
	var span map[string]any
	if err := json.Unmarshal(b, &span); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	objectFields("", plain("", span).(map[string]any), func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, field{name, string(text)})
	})
	return all
}

// objectFields calls add for each field of a Span or a Process.
func objectFields(prefix string, object map[string]any, add func(name string, value any)) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch value := object[name].(type) {
		case map[string]any:
			objectFields(prefix+name+".", value, add)
		case []any:
			for _, e := range value {
				at := prefix + name
				if tag, ok := e.(map[string]any); ok && name == "tags" {
					key, _ := tag["key"].(string)
					at += "." + key
				}
				add(at, e)
			}
		default:
			add(prefix+name, value)
		}
	}
}

// plain returns the value of a field in one spelling; nil is zero.
func plain(name string, v any) any {
	switch value := v.(type) {
	case map[string]any:
		for key, e := range value {
			if value[key] = plain(key, e); value[key] == nil {
				delete(value, key)
			}
		}
	case []any:
		for i, e := range value {
			value[i] = plain("", e)
		}
		if len(value) == 0 {
			return nil
		}
	case bool:
		if !value {
			return nil
		}
	case float64:
		if value == 0 {
			return nil
		}
	case string:
		if value == "" || value == "0" && name == "vInt64" {
			return nil
		}
		if at, err := time.Parse(time.RFC3339Nano, value); err == nil && (name == "startTime" || name == "timestamp") {
			return at.Format(time.RFC3339Nano)
		}
		if d, err := time.ParseDuration(value); err == nil && name == "duration" {
			if d == 0 {
				return nil
			}
			return d.String()
		}
	}
	return v
}
