// SPDX-License-Identifier: Apache-2.0

package record

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
)

// sameAsFields compares Simple with Fields, and reports whether it took the log.
func sameAsFields(t *testing.T, f *Freezer, fields []log.Field) bool {
	t.Helper()
	var got [SimpleFields]model.Tag
	if !f.Simple(&got, fields) {
		return false
	}
	want := f.Fields(fields)
	if !slices.Equal(got[:len(fields)], want.Tags()) {
		t.Errorf("%v are %v, want %v as Fields has them", fields, got[:len(fields)], want.Tags())
	}
	want.Release()
	return true
}

func TestSimpleFields(t *testing.T) {
	long := strings.Repeat("x", 20)
	for _, tc := range []struct {
		name   string
		fields []log.Field
		want   bool
	}{
		{"none", nil, true},
		{"texts", []log.Field{log.String("event", "cache miss"), log.String("", "")}, true},
		{"numbers", []log.Field{log.Int("a", math.MinInt), log.Int64("b", math.MaxInt64), log.Float64("c", math.Inf(-1)), log.Float64("d", -0.5)}, true},
		{"booleans", []log.Field{log.Bool("yes", true), log.Bool("no", false)}, true},
		{"long text", []log.Field{log.String("k", long)}, false},
		{"long key", []log.Field{log.String(long, "v")}, false},
		{"not ASCII", []log.Field{log.String("k", "naïve")}, false},
		{"key not ASCII", []log.Field{log.String("ключ", "v")}, false},
		{"many", slices.Repeat([]log.Field{log.Bool("k", true)}, SimpleFields+1), false},
		{"error", []log.Field{log.String("k", "v"), log.Error(errors.New("e"))}, false},
		{"object", []log.Field{log.Object("k", 1)}, false},
		{"lazy", []log.Field{log.Lazy(func(log.Encoder) { t.Error("the lazy logger ran") })}, false},
		{"nothing", []log.Field{log.Noop()}, false},
		{"unsigned", []log.Field{log.Uint64("k", math.MaxUint64)}, false},
		{"zero", make([]log.Field, 1), true},
	} {
		f := newFreezer(Limits{Key: 16, Log: Length{Bytes: 16}})
		if tc.name == "lazy" || tc.name == "error" { // Fields would run them
			if got := f.Simple(new([SimpleFields]model.Tag), tc.fields); got != tc.want {
				t.Errorf("%s: %t, want %t", tc.name, got, tc.want)
			}
		} else if got := sameAsFields(t, f, tc.fields); got != tc.want {
			t.Errorf("%s: %t, want %t", tc.name, got, tc.want)
		}
	}
}

// Where there are fewer fields to a log, or somebody looks at values, Fields has a say.
func TestSimpleFieldsLeavesLimitsToFields(t *testing.T) {
	two := []log.Field{log.Bool("a", true), log.Bool("b", true)}
	if newFreezer(Limits{FieldsPerLog: 1}).Simple(new([SimpleFields]model.Tag), two) {
		t.Error("two fields where one is allowed, want them left to Fields")
	}
	f := newFreezer(Limits{})
	f.redactor = func(_ Place, _ string, v model.Value) (model.Value, bool) { return v, true }
	if f.Simple(new([SimpleFields]model.Tag), two) {
		t.Error("there is a Redactor, want the fields left to Fields")
	}
}

func FuzzSimpleFields(f *testing.F) {
	f.Add("event", "cache miss", int64(5), 0.5, true)
	f.Add("\xff", "naïve", int64(math.MinInt64), math.Inf(1), false)
	f.Fuzz(func(t *testing.T, key, text string, n int64, x float64, yes bool) {
		fields := []log.Field{log.String(key, text), log.Int64(key, n), log.Float64(text, x), log.Bool(key, yes)}
		taken := sameAsFields(t, newFreezer(Limits{}), fields)
		if plain := plain(key, 256) && plain(text, 256); taken != plain {
			t.Errorf("%q, %q: %t, want %t", key, text, taken, plain)
		}
	})
}
