// SPDX-License-Identifier: Apache-2.0

package jsondoc

import (
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
)

func TestFields(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"a":1,"b":"x","c":{"a":2}}`, `1|"x"|{"a":2}`},
		{" {\n\"a\" : [ 1, {\"b\":2} ] , \"b\":true }\t", `[ 1, {"b":2} ]|true|`},
		{`{"A":1,"B":2,"a":3}`, "3|2|"},
		{`{"a":1,"a":null}`, "||"},
		{`{"\u0061":-1.5e3,"x":{"a":7}}`, "-1.5e3||"},
		{`{"a":"},\"]\\","b":{}}`, `"},\"]\\"|{}|`},
		{`{"a":[[]],"b":[],"c":0}`, "[[]]|[]|0"},
		{`{}`, "||"},
		{`null`, "||"},
		{`[]`, "array is not an object"},
		{` "x"`, "string is not an object"},
		{`7`, "number is not an object"},
		{`true`, "bool is not an object"},
		{``, "unexpected end"},
		{`{"a":1}{}`, "invalid character '{' after"},
		{`{"a":NaN}`, "invalid character 'N'"},
		{strings.Repeat("[", 50_000), "max depth"},
		{strings.Repeat(" ", 100_000) + "{}", "too long: 100002 bytes, at most 100000"},
	} {
		var a, b, c Value
		doc, err := Parse([]byte(tt.text), 100_000)
		if err == nil {
			err = doc.Fields(Field{"a", &a}, Field{"b", &b}, Field{"c", &c})
		}
		got := fmt.Sprintf("%s|%s|%s", a, b, c)
		if err != nil {
			got = err.Error()
		}
		if got != tt.want && (err == nil || !strings.Contains(got, tt.want)) {
			t.Errorf("%.40s: %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestValueElements(t *testing.T) {
	for _, tt := range []struct{ list, want string }{
		{"null", ""},
		{"[]", ""},
		{` [ {"text":"a,]"} ,null,[2] , "b", -1,false ] `, `0 {"text":"a,]"}|1 |2 [2]|3 "b"|4 -1|5 false|`},
		{"{}", "no list"},
		{"7", "no list"},
		{`"[]"`, "no list"},
	} {
		v, err := Parse([]byte(tt.list), 1000)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, e := range v.Elements() {
			got += fmt.Sprintf("%d %s|", i, e)
		}
		if !v.IsList() {
			got += "no list"
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.list, got, tt.want)
		}
	}
	if text, err := Value("7").Text(); text != "" || err == nil || err.Error() != "number is not a string" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := Value("").Text(); err == nil || err.Error() != "null is not a string" {
		t.Errorf("%v", err)
	}
}

// TestValueBounded: what a document costs is a small multiple of its length.
func TestValueBounded(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	const size = 1 << 20
	for name, text := range map[string]string{
		"a string":      `{"a":"` + strings.Repeat("x", size) + `"}`,
		"escapes":       `{"a":"` + strings.Repeat(`\ud800`, size/6) + `"}`,
		"escaped keys":  "{" + strings.Repeat(`"\u0061":1,`, size/11) + `"b":1}`,
		"empty objects": `{"b":[` + strings.Repeat("{},", size/3) + "{}]}",
		"nulls":         `{"b":[` + strings.Repeat("null,", size/5) + "null]}",
		"many keys":     "{" + strings.Repeat(`"a":"",`, size/7) + `"b":[]}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var a, b Value
		doc, err := Parse([]byte(text), 2*size)
		if err == nil {
			err = doc.Fields(Field{"a", &a}, Field{"b", &b})
			for range b.Elements() {
				continue
			}
			_, _ = a.Text()
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 8*size || err != nil {
			t.Errorf("%s: %d bytes for %d, %v", name, got, len(text), err)
		}
	}
}

// FuzzValue holds every value of a document against encoding/json.
func FuzzValue(f *testing.F) {
	f.Add([]byte(`[1,"a",null,{},[[]],{"k\u0065y":"\ud83d\ude00\ud800\n\/","":"\xff"}]`))
	f.Add([]byte(" {\"a\" : -0.5e+3 , \"b\":[ ] }\r\n"))
	f.Add([]byte("[\t1\r\n, 2 ]"))
	f.Add([]byte(`{"\u212a":1,"k":2}`))
	f.Add([]byte(`{"a":"\\","b":"\""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse(text, len(text))
		if (err == nil) != json.Valid(text) {
			t.Fatalf("%q: %v", text, err)
		}
		if err == nil {
			compare(t, doc, text)
		}
	})
}

func compare(t *testing.T, v Value, text []byte) {
	t.Helper()
	var list []json.RawMessage
	var object map[string]json.RawMessage
	var s *string
	if json.Unmarshal(text, &s) == nil && s != nil {
		if got, err := v.Text(); got != *s || err != nil {
			t.Fatalf("%q is %q, %v; want %q", text, got, err, *s)
		}
		return
	}
	if json.Unmarshal(text, &list) == nil {
		n := 0
		for i, e := range v.Elements() {
			if n++; i >= len(list) {
				break
			}
			compare(t, e, list[i])
		}
		if n != len(list) || !v.IsList() {
			t.Fatalf("%q has %d elements, want %d", text, n, len(list))
		}
		return
	}
	if json.Unmarshal(text, &object) != nil {
		return
	}
	keys := slices.Collect(maps.Keys(object))
	for key, want := range object {
		if slices.ContainsFunc(keys, func(other string) bool { return other != key && strings.EqualFold(other, key) }) {
			continue // the last of them counts
		}
		var got Value
		if err := v.Fields(Field{key, &got}); err != nil {
			t.Fatal(err)
		}
		compare(t, got, want)
	}
}
