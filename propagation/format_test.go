// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/propagation"
)

func TestParseFormats(t *testing.T) {
	type formats = []propagation.Format
	for _, tt := range []struct {
		list         string
		jaeger, otel formats // nil: error
	}{
		{"jaeger", formats{propagation.FormatJaeger}, formats{propagation.FormatJaeger}},
		{"jaeger,w3c,b3", formats{propagation.FormatJaeger, propagation.FormatW3C, propagation.FormatB3}, formats{propagation.FormatJaeger, propagation.FormatW3C, propagation.FormatB3Single}},
		{" W3C , Jaeger ,, w3c", formats{propagation.FormatW3C, propagation.FormatJaeger}, formats{propagation.FormatW3C, propagation.FormatJaeger}},
		{"tracecontext,baggage", formats{propagation.FormatTraceContext, propagation.FormatBaggage}, formats{propagation.FormatTraceContext, propagation.FormatBaggage}},
		{"b3multi,b3", formats{propagation.FormatB3}, formats{propagation.FormatB3, propagation.FormatB3Single}},
		{"b3single", formats{propagation.FormatB3Single}, formats{propagation.FormatB3Single}},
		{"none", formats{}, formats{}},
		{"None,none", formats{}, formats{}},
		{"none,jaeger", nil, nil},
		{"", nil, nil},
		{" , ", nil, nil},
		{"jaeger;w3c", nil, nil},
		{"xray", nil, nil},
		{"tracecontext,ottrace", nil, nil},
		{strings.Repeat("x", 1000), nil, nil},
	} {
		for name, f := range map[string]struct {
			parse func(string) ([]propagation.Format, error)
			want  formats
		}{"jaeger": {propagation.ParseFormats, tt.jaeger}, "otel": {propagation.ParseOTelFormats, tt.otel}} {
			got, err := f.parse(tt.list)
			if (err == nil) != (f.want != nil) || !slices.Equal(got, f.want) {
				t.Errorf("%s %q: %v, %v; want %v", name, tt.list, got, err, f.want)
			}
			if err != nil && len(err.Error()) > 250 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		}
	}
	_, err := propagation.ParseOTelFormats("tracecontext, XRay")
	if !errors.Is(err, propagation.ErrUnknownFormat) || !strings.Contains(err.Error(), `"xray"`) {
		t.Errorf("error %v does not name the format", err)
	}
	for f := propagation.FormatJaeger; f <= propagation.FormatB3Single; f++ {
		if back, err := propagation.ParseFormats(f.String()); err != nil || len(back) != 1 || back[0] != f {
			t.Errorf("%v is read as %v, %v", f, back, err)
		}
	}
	if got := propagation.Format(99).String(); got != "Format(99)" {
		t.Errorf("an unknown format prints as %q", got)
	}
}

func FuzzParseFormats(f *testing.F) {
	for _, s := range []string{"", "jaeger", "jaeger,w3c,b3", "none", ",,,", "b3,,none", "É"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		formats, err := propagation.ParseFormats(s)
		if err != nil {
			return
		}
		var names []string
		for _, f := range formats {
			names = append(names, f.String())
		}
		again, err := propagation.ParseFormats(strings.Join(names, ","))
		if len(formats) > 0 && (err != nil || !slices.Equal(again, formats)) {
			t.Errorf("%q is %v, which is %v, %v", s, formats, again, err)
		}
		if _, err := propagation.Composite(propagation.HTTP, formats, formats); err != nil {
			t.Error(err)
		}
	})
}

// Add must not forget a counter.
func TestFormatStatsAdd(t *testing.T) {
	one, three := propagation.FormatStats{Format: "mine"}, propagation.FormatStats{Format: "mine"}
	for i, v := 0, reflect.ValueOf(&one).Elem(); i < v.NumField(); i++ {
		if v.Field(i).Kind() == reflect.Uint64 {
			v.Field(i).SetUint(1 << i)
			reflect.ValueOf(&three).Elem().Field(i).SetUint(3 << i)
		}
	}
	sum := one
	sum.Add(one)
	sum.Add(one)
	if sum != three {
		t.Errorf("%+v, want %+v", sum, three)
	}
}
