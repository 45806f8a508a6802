// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"encoding/json"
	"errors"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
)

// LogKV keeps types and bounds as SetTag does, and OpenTracing's words for what
// does not pair up.
func TestLogKV(t *testing.T) {
	cyclic := map[string]any{}
	cyclic["self"] = cyclic // kills the process in OpenTracing's own conversion
	for _, tc := range []struct {
		name  string
		value any
		want  model.Value
	}{
		{"string", "x", model.String("x")},
		{"int8", int8(-1), model.Int64(-1)},
		{"uint64", uint64(7), model.Int64(7)},
		{"huge", uint64(math.MaxUint64), model.String("18446744073709551615")},
		{"float", 1.5, model.Float64(1.5)},
		{"bool", true, model.Bool(true)},
		{"nil", nil, model.String("nil")},
		{"nil pointer", (*int)(nil), model.String("nil")},
		{"bytes", []byte{1, 2}, model.Bytes([]byte{1, 2})},
		{"raw JSON", json.RawMessage("{}"), model.String("{}")},
		{"bytes with a text", net.IP{10, 0, 0, 1}, model.String("10.0.0.1")},
		{"error", errors.New("e"), model.String("e")},
		{"duration", time.Second, model.String("1s")},
		{"long", strings.Repeat("x", 20_000), model.String(strings.Repeat("x", 16_384-3) + "…")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tracer, got := newTestTracer(t)
			s := tracer.StartSpan("op")
			s.LogKV("k", tc.value, "last", 1)
			s.Finish()
			log := got.only(t).Logs[0].Fields
			if len(log) != 2 || log[0].Key != "k" || log[0].Value != tc.want || log[1].Key != "last" {
				t.Errorf("logged %+v, want %+v", log, tc.want)
			}
		})
	}
	for _, tc := range []struct {
		pairs []any
		want  string
	}{
		{[]any{"k"}, "non-even keyValues len: 1"},
		{[]any{"k", 1, 2, 3}, "non-string key (pair #1): int"},
		{[]any{"cyclic", cyclic}, ""},
	} {
		tracer, got := newTestTracer(t)
		s := tracer.StartSpan("op")
		s.LogKV(tc.pairs...)
		s.Finish()
		log := got.only(t).Logs[0].Fields
		if tc.want != "" && (len(log) != 2 || log[0].Value.Str() != tc.want || log[1].Value.Str() != "LogKV") || len(log) == 0 {
			t.Errorf("%v: logged %+v, want %q", len(tc.pairs), log, tc.want)
		}
	}
}
