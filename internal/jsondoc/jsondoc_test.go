// SPDX-License-Identifier: Apache-2.0

package jsondoc

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
)

type inner struct {
	Text *string `json:"text"`
	Rate float64 `json:"rate"`
}

type document struct {
	Kind  string          `json:"kind"`
	Count int32           `json:"count"`
	On    bool            `json:"on"`
	Inner *inner          `json:"inner"`
	List  json.RawMessage `json:"list"`
	Names []string        `json:"names"`
}

func TestUnmarshal(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"kind":"a","count":7,"on":true,"inner":{"text":"x","rate":0.5},"list":[1],"names":["a"],"more":{}}`, "a 7 true x 0.5 [1]"},
		{`{"KIND":"a","Inner":{"TEXT":"x"}}`, "a 0 false x 0 "},
		{`{"kind":"a","kind":"b"}`, "b 0 false - 0 "},
		{`{"kind":"a","KIND":"b","kind":"c"}`, "c 0 false - 0 "},
		{`{"k\u0069nd":"a"}`, "a 0 false - 0 "},
		{`{"kind":null,"inner":{"text":null},"list":null}`, " 0 false - 0 null"},
		{`{"inner":{"text":"x"},"inner":null}`, " 0 false - 0 "},
		{`null`, " 0 false - 0 "},
	} {
		var d document
		if err := Unmarshal([]byte(tt.text), len(tt.text), &d); err != nil {
			t.Errorf("%s: %v", tt.text, err)
		}
		text, rate := "-", 0.0
		if d.Inner != nil {
			rate = d.Inner.Rate
			if d.Inner.Text != nil {
				text = *d.Inner.Text
			}
		}
		if got := fmt.Sprintf("%s %d %v %s %v %s", d.Kind, d.Count, d.On, text, rate, d.List); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestUnmarshalErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "unexpected end"},
		{"<html>", "invalid character '<'"},
		{"{}{}", "invalid character '{' after"},
		{`{"inner":{"rate":NaN}}`, "invalid character 'N'"},
		{strings.Repeat("[", 50_000), "max depth"},
		{"[]", "array is not an object"},
		{`"x"`, "string is not an object"},
		{`{"kind":1}`, "kind: number is not a string"},
		{`{"kind":[]}`, "kind: array is not a string"},
		{`{"count":1.5}`, "count: number 1.5 is not a number in range"},
		{`{"count":2147483648}`, "count: number 2147483648 is not a number in range"},
		{`{"count":` + strings.Repeat("9", 1000) + "}", "99…"},
		{`{"on":"yes"}`, "on: string is not a boolean"},
		{`{"inner":7}`, "inner: number is not an object"},
		{`{"inner":{"text":{}}}`, "inner.text: object is not a string"},
		{`{"inner":{"rate":1e999}}`, "inner.rate: number 1e999 is not a number in range"},
		{`{"names":{}}`, "names: object is not a list"},
		{strings.Repeat(" ", 100_000) + "{}", "too long: 100002 bytes, at most 100000"},
	} {
		var d document
		err := Unmarshal([]byte(tt.text), 100_000, &d)
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 150 {
			t.Errorf("%.40s: %v, want %q", tt.text, err, tt.want)
		}
		var q *Quoted
		if errors.As(err, &q) != strings.Contains(tt.want, " is not ") && !strings.Contains(tt.want, "…") {
			t.Errorf("%.40s: %v quotes %+v", tt.text, err, q)
		}
	}
}

func TestElements(t *testing.T) {
	for _, tt := range []struct {
		list, want string
		isList     bool
	}{
		{"", "", true},
		{" null", "", true},
		{"[]", "", true},
		{` [ {"text":"a,]"} ,null,{"rate":2,"x":[2]} ] `, `0 a,] 0 {"text":"a,]"}|1  0 null|2  2 {"rate":2,"x":[2]}|`, true},
		{`[{"text":"a"},{},7,{"rate":"x"},{"text":"b"}]`, `0 a 0 {"text":"a"}|1  0 {}|2 number is not an object|3 rate: string is not a number in range|4 b 0 {"text":"b"}|`, true},
		{"{}", "", false},
		{"7", "", false},
		{`"[]"`, "", false},
	} {
		got := ""
		for i, e := range Elements[inner](json.RawMessage(tt.list)) {
			text := ""
			if e.Value.Text != nil {
				text = *e.Value.Text
			}
			if e.Err != nil {
				got += fmt.Sprint(i, " ", e.Err, "|")
				continue
			}
			got += fmt.Sprintf("%d %s %v %s|", i, text, e.Value.Rate, e.Raw)
		}
		if isList := IsList(json.RawMessage(tt.list)); got != tt.want || isList != tt.isList {
			t.Errorf("%s: %q, %v; want %q, %v", tt.list, got, isList, tt.want, tt.isList)
		}
	}
}

// TestBounded: what a document costs is a small multiple of its length, whatever it
// holds, and whether all elements are wanted or not.
func TestBounded(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	const size = 1 << 20
	for name, text := range map[string]string{
		"a string":      `{"kind":"` + strings.Repeat("x", size) + `"}`,
		"escapes":       `{"kind":"` + strings.Repeat(`\ud800`, size/6) + `"}`,
		"unknown keys":  `{"x":` + strings.Repeat(`[{"y":[]},`, size/10) + "1" + strings.Repeat("]", size/10) + "}",
		"empty objects": `{"list":[` + strings.Repeat("{},", size/3) + "{}]}",
		"nulls":         `{"list":[` + strings.Repeat("null,", size/5) + "null]}",
		"many keys":     "{" + strings.Repeat(`"kind":"",`, size/10) + `"on":true}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var d document
		err := Unmarshal([]byte(text), 2*size, &d)
		if err == nil {
			for range Elements[inner](d.List) {
				continue
			}
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 25*size { // nulls cost most
			t.Errorf("%s: %d bytes for %d, %v", name, got, len(text), err)
		}
	}
}

func FuzzElements(f *testing.F) {
	f.Add([]byte(`[1,"a",null,{},[[]]]`))
	f.Add([]byte(`{"a":1}`))
	f.Add([]byte(" null "))
	f.Add([]byte("[\t1\r\n, 2 ]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var want []json.RawMessage
		if !json.Valid(text) {
			return
		}
		if isList := json.Unmarshal(text, &want) == nil; isList != IsList(text) {
			t.Fatalf("%s: IsList = %v", text, IsList(text))
		}
		n := 0
		for i, e := range Elements[json.RawMessage](text) {
			if i != n || e.Err != nil || string(e.Raw) != string(want[i]) || string(e.Value) != string(want[i]) {
				t.Fatalf("element %d is %s, %s, %v; want %s", i, e.Raw, e.Value, e.Err, want[i])
			}
			n++
		}
		if n != len(want) {
			t.Fatalf("%s: %d elements", text, n)
		}
	})
}
