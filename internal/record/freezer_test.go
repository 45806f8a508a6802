// SPDX-License-Identifier: Apache-2.0

package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

// Objects are formatted to the limit of objects, and only then cut like any text. A
// text of as many characters as are allowed is never cut, however many bytes it has,
// unless the limit in bytes says otherwise.
func TestLengths(t *testing.T) {
	object := strings.Split(strings.Repeat("x", 40), "")
	printed := fmt.Sprint(object)
	long := strings.Repeat("é", 5_000)
	most := func(bytes, characters int) Length { return Length{bytes, characters} }
	for _, tt := range []struct {
		name     string
		limits   Limits
		value    any
		tag, log any
		cut      uint64
	}{
		{"object", Limits{Object: 20}, object, printed[:17] + "…", printed[:17] + "…", 2},
		{"object, tag", Limits{Object: 20, Tag: most(10, 0)}, object, printed[:7] + "…", printed[:17] + "…", 2},
		{"object, log", Limits{Object: 20, Log: most(10, 0)}, object, printed[:17] + "…", printed[:7] + "…", 2},
		{"object in characters", Limits{Tag: most(0, 3)}, []string{"éé"}, "[é…", "[éé]", 1},
		{"nothing cut", Limits{}, object, printed, printed, 0},
		{"no object", Limits{Object: 5, Tag: most(10, 0)}, "shorter than 10", "shorte" + "r…", "shorter than 10", 1},
		{"exactly", Limits{Tag: most(0, 5), Log: most(0, 5)}, "ééééé", "ééééé", "ééééé", 0},
		{"one more", Limits{Tag: most(0, 5), Log: most(0, 4)}, "éééééé", "éééé…", "ééé…", 2},
		{"bytes and characters", Limits{Tag: most(7, 5)}, "ééééé", "éé…", "ééééé", 1},
		{"more than usual", Limits{Tag: most(10_000, 5_000)}, long, long, long, 0},
		{"not UTF-8", Limits{Tag: most(0, 3)}, "a\xffbc", "a\uFFFD…", "a\uFFFDbc", 1},
		{"no mark", Limits{Tag: most(4, 0), Log: most(0, 3), NoEllipsis: true}, "aéébc", "aé", "aéé", 2},
		{"no mark, not UTF-8", Limits{Tag: most(5, 0), NoEllipsis: true}, "a\xffbcd", "a\uFFFDb", "a\uFFFDbcd", 1},
		{"no mark, object", Limits{Tag: most(10, 0), Log: most(0, 4), NoEllipsis: true}, object, printed[:10], printed[:4], 2},
		{"no mark, wide object", Limits{Tag: most(10, 0), NoEllipsis: true}, []string{"😀😀😀"}, "[😀😀", "[😀😀😀]", 1},
		{"binary", Limits{Tag: most(0, 2)}, []byte{1, 2, 3}, []byte{1, 2}, []byte{1, 2, 3}, 1},
		{"binary value", Limits{Tag: most(1, 0)}, model.Bytes([]byte{1, 2}), []byte{1}, []byte{1, 2}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFreezer(tt.limits)
			tag := f.Value(tt.value).Any()
			field := f.Fields([]log.Field{log.Object("k", tt.value)}).Tags()[0].Value.Any()
			if !reflect.DeepEqual(tag, tt.tag) || !reflect.DeepEqual(field, tt.log) {
				t.Errorf("tag %v, log %v; want %v, %v", tag, field, tt.tag, tt.log)
			}
			if n := f.Counts().Values; n != tt.cut {
				t.Errorf("%d values cut, want %d", n, tt.cut)
			}
		})
	}
}

// The limit of characters is for what spans say. A process keeps its name.
func TestProcessTags(t *testing.T) {
	f := newFreezer(Limits{Tag: Length{Bytes: 10, Characters: 2}})
	for _, tt := range []struct {
		value any
		want  string
	}{{"hostname", "hostname"}, {"long hostname", "long ho…"}, {[]string{"abcd"}, "[abcd]"}} {
		var tag model.Tag
		if keep := f.ProcessTag(&tag, "k", tt.value); tag.Value.Str() != tt.want || !keep {
			t.Errorf("%v: %v, %v; want %q", tt.value, tag, keep, tt.want)
		}
	}
}

// Pairs keep types and bounds as tags do, and OpenTracing's words for what does not
// pair up.
func TestPairs(t *testing.T) {
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
		{"nil error", (*careless)(nil), model.String("nil")},
		{"bytes", []byte{1, 2}, model.Bytes([]byte{1, 2})},
		{"raw JSON", json.RawMessage("{}"), model.String("{}")},
		{"bytes with a text", net.IP{10, 0, 0, 1}, model.String("10.0.0.1")},
		{"error", errors.New("e"), model.String("e")},
		{"duration", time.Second, model.String("1s")},
		{"long", strings.Repeat("x", 20_000), model.String(strings.Repeat("x", 16_384-3) + "…")},
	} {
		fields := newFreezer(Limits{}).Pairs([]any{"k", tc.value, "last", 1}).Tags()
		if len(fields) != 2 || fields[0].Key != "k" || fields[0].Value != tc.want || fields[1].Key != "last" {
			t.Errorf("%s: %+v, want %+v", tc.name, fields, tc.want)
		}
	}
	for _, tc := range []struct {
		pairs []any
		want  string
	}{
		{[]any{"k"}, "non-even keyValues len: 1"},
		{[]any{"k", 1, 2, 3}, "non-string key (pair #1): int"},
	} {
		fields := newFreezer(Limits{}).Pairs(tc.pairs).Tags()
		if len(fields) != 2 || fields[0].Value.Str() != tc.want || fields[1].Value.Str() != "LogKV" {
			t.Errorf("%+v, want %q", fields, tc.want)
		}
	}
	if fields := newFreezer(Limits{}).Pairs([]any{"k", cyclic}).Tags(); !strings.HasPrefix(fields[0].Value.Str(), "map[self:map[self:") {
		t.Errorf("%v", fields)
	}
}

// careless does not expect a nil receiver, and careful does.
type (
	careless struct{ text string }
	careful  struct{ text string }
	byValue  struct{ with any }
)

func (c *careless) Error() string { return c.text }
func (c *careful) Error() string {
	if c == nil {
		return "no error"
	}
	return c.text
}
func (b byValue) Error() string { panic(b.with) }

// A nil pointer is what fmt makes of it: its method's text, or "<nil>" if that
// panics. Any other panic is counted, and what it says bounded.
func TestErrorsThatPanic(t *testing.T) {
	cyclic := []any{nil}
	cyclic[0] = cyclic
	for _, tt := range []struct {
		name   string
		err    error
		want   string
		panics uint64
	}{
		{"nil", nil, "<nil>", 0},
		{"typed nil", (*careless)(nil), "<nil>", 0},
		{"typed nil that copes", (*careful)(nil), "no error", 0},
		{"pointer to nil", (*byValue)(nil), "<nil>", 0},
		{"panic", byValue{"boom"}, "!(PANIC=Error method: boom)", 1},
		{"panic with itself", byValue{cyclic}, "!(PANIC=Error method: [[[[[[[[…]]]]]]]])", 1},
		{"joined with a typed nil", errors.Join((*careful)(nil), errors.New("e")), "no error\ne", 0},
	} {
		f := newFreezer(Limits{})
		for name, field := range map[string]log.Field{"Error": log.Error(tt.err), "Object": log.Object("o", tt.err)} {
			fields := f.Fields([]log.Field{log.Int("first", 1), field, log.Int("last", 1)}).Tags()
			if len(fields) != 3 || fields[1].Value.Str() != tt.want || fields[2].Key != "last" {
				t.Errorf("%s, %s: %v, want %q", tt.name, name, fields, tt.want)
			}
		}
		if v := f.Value(tt.err); v.Str() != tt.want {
			t.Errorf("%s, tag: %q, want %q", tt.name, v.Str(), tt.want)
		}
		if n := f.Counts().Panics; n != tt.panics {
			t.Errorf("%s: %d panics counted, want %d", tt.name, n, tt.panics)
		}
	}
	f := newFreezer(Limits{})
	fields := f.Fields([]log.Field{log.Lazy(func(e log.Encoder) { e.EmitInt("n", 1); panic(cyclic) }), log.Int("last", 1)}).Tags()
	if len(fields) != 3 || fields[0].Key != "n" || fields[1].Value.Str() != "!(PANIC=[[[[[[[[…]]]]]]]])" || f.Counts().Panics != 1 {
		t.Errorf("lazy: %v, %d panics", fields, f.Counts().Panics)
	}
}

// What a Redactor returns is bounded like what it is given; a panic drops the value.
func TestRedactor(t *testing.T) {
	for _, tt := range []struct {
		name   string
		redact Redactor
		want   string // of the tag and the field; "": dropped
		op     string
		panics uint64
	}{
		{"longer", func(_ Place, _ string, _ model.Value) (model.Value, bool) {
			return model.String(strings.Repeat("y", 30)), true
		}, strings.Repeat("y", 17) + "…", strings.Repeat("y", 17) + "…", 0},
		{"drops", func(Place, string, model.Value) (model.Value, bool) {
			return model.String(strings.Repeat("y", 30)), false
		}, "", "redacted", 0},
		{"panics", func(Place, string, model.Value) (model.Value, bool) { panic("redact") }, "", "redacted", 3},
		{"numbers", func(Place, string, model.Value) (model.Value, bool) { return model.Int64(7), true }, "7", "7", 0},
		{"by place", func(p Place, key string, _ model.Value) (model.Value, bool) {
			return model.String(fmt.Sprint(p, " ", key)), true
		}, "1 k", "3 operation", 0},
	} {
		f := newFreezer(Limits{Operation: 20, Tag: Length{Bytes: 20}, Log: Length{Bytes: 20}})
		f.redactor = tt.redact
		op := f.Operation("op")
		var tag model.Tag
		keep := f.Tag(&tag, "k", "value")
		fields := f.Fields([]log.Field{log.String("k", "value")}).Tags()
		want := strings.Replace(tt.want, "1 ", "2 ", 1)
		if tag.Key != "k" || tag.Value.String() != tt.want || keep != (tt.want != "") || len(fields) != 0 && fields[0].Value.String() != want || (len(fields) != 0) != keep {
			t.Errorf("%s: tag %v, %v; fields %v", tt.name, tag, keep, fields)
		}
		if n := f.Counts(); op != tt.op || n.Panics != tt.panics {
			t.Errorf("%s: operation %q, %+v", tt.name, op, n)
		}
	}
}
