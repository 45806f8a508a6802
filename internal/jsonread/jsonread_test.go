// SPDX-License-Identifier: Apache-2.0

package jsonread_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/jsonread"
)

const most = 1 << 20

func parse(t testing.TB, text string) jsonread.Value {
	t.Helper()
	v, err := jsonread.Parse([]byte(text), most)
	if err != nil {
		t.Fatalf("%.80q: %v", text, err)
	}
	return v
}

func TestKinds(t *testing.T) {
	for text, want := range map[string]jsonread.Kind{
		"null": jsonread.Null, "true": jsonread.Bool, " false ": jsonread.Bool, "-1.5e+3": jsonread.Number, "0": jsonread.Number,
		`""`: jsonread.String, "\t[\n]\r": jsonread.Array, "{ }": jsonread.Object,
	} {
		v := parse(t, text)
		if v.Kind() != want || v.Empty() != (want == jsonread.Null) || string(v.Raw()) != strings.TrimSpace(text) {
			t.Errorf("%q: %v %q", text, v.Kind(), v.Raw())
		}
		for k := jsonread.Null; k <= jsonread.Object; k++ {
			if err := v.Want(k); (err == nil) != (k == want || v.Empty()) {
				t.Errorf("%q: wanted as %v: %v", text, k, err)
			}
		}
	}
	var none jsonread.Value
	if none.Kind() != jsonread.Missing || !none.Empty() || none.Want(jsonread.Array) != nil || none.Raw() != nil || none.Text() != "" || none.Get("x").Kind() != jsonread.Missing {
		t.Errorf("the zero Value is %v", none.Kind())
	}
	for range none.Elements() {
		t.Error("the zero Value has elements")
	}
	if got := fmt.Sprint(jsonread.Missing, jsonread.Object, jsonread.Kind(200)); got != "nothing object object" {
		t.Error(got)
	}
}

func TestErrors(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, tt := range []struct {
		text   string
		offset int
		reason string
	}{
		{"", 0, "unexpected end"},
		{"  ", 2, "unexpected end"},
		{`{"a":`, 5, "unexpected end"},
		{`"abc`, 4, "unexpected end"},
		{`"abc\`, 5, "unexpected end"},
		{`"\u12`, 5, "unexpected end"},
		{"tru", 3, "unexpected end"},
		{"-", 1, "unexpected end"},
		{"<html>", 0, "invalid character '<'"},
		{"\ufeff{}", 0, `invalid character '\ufeff'`},
		{"[1,]", 3, "invalid character ']'"},
		{"[1 2]", 3, "invalid character '2'"},
		{`{"a":1,}`, 7, "invalid character '}'"},
		{`{"a" 1}`, 5, "invalid character '1'"},
		{`{a:1}`, 1, "invalid character 'a'"},
		{`{1:1}`, 1, "invalid character '1'"},
		{"[1}", 2, "invalid character '}'"},
		{"'a'", 0, `invalid character '\''`},
		{"\"a\nb\"", 2, `invalid character '\n'`},
		{"\"a\x00b\"", 2, `invalid character '\x00'`},
		{`"\x41"`, 2, "invalid character 'x'"},
		{`"\u12G4"`, 5, "invalid character 'G'"},
		{"01", 1, "invalid character '1': something follows the value"},
		{"+1", 0, "invalid character '+'"},
		{".5", 0, "invalid character '.'"},
		{"1.", 2, "unexpected end"},
		{"[1.]", 3, "invalid character ']'"},
		{"1e+", 3, "unexpected end"},
		{"0x10", 1, "invalid character 'x': something follows the value"},
		{"NaN", 0, "invalid character 'N'"},
		{"[-Infinity]", 2, "invalid character 'I'"},
		{"nul1", 3, "invalid character '1'"},
		{"{} {}", 3, "invalid character '{': something follows the value"},
		{"[]\x00", 2, `invalid character '\x00': something follows the value`},
		{deep(65), 64, "exceeded max depth of 64"},
		{strings.Repeat(`{"a":`, most/5), 64 * 5, "exceeded max depth of 64"},
		{strings.Repeat(" ", most+1), most, "the document is longer than that"},
	} {
		v, err := jsonread.Parse([]byte(tt.text), most)
		var wrong *jsonread.Error
		if !errors.As(err, &wrong) || wrong.Offset != tt.offset || wrong.Reason != tt.reason || v.Kind() != jsonread.Missing {
			t.Errorf("%.40q: %v, want byte %d: %s", tt.text, err, tt.offset, tt.reason)
		}
	}
	parse(t, deep(64))
	parse(t, strings.Repeat(" ", most-1)+"1")
}

// TestWantNamesTheOffset of the piece, not of what it stands in.
func TestWantNamesTheOffset(t *testing.T) {
	v := parse(t, ` {"a" : [ 1, {"b":"text"} ] }`)
	for _, e := range v.Get("a").Elements() {
		if b := e.Get("b"); !b.Empty() {
			if err := b.Want(jsonread.Array); err == nil || err.Error() != "json: byte 18: cannot unmarshal string as array" {
				t.Error(err)
			}
			return
		}
	}
	t.Error("not found")
}

func TestGet(t *testing.T) {
	for _, tt := range []struct{ text, name, want string }{
		{`{"a":1,"b":{"a":2}}`, "a", "1"},
		{`{"a":1,"a":2}`, "a", "2"},
		{`{"a":1,"a":null}`, "a", "null"},
		{`{"samplingRate":1,"SAMPLINGRATE":2}`, "samplingRate", "2"},
		{`{"SAMPLINGRATE":2,"samplingRate":1}`, "samplingRate", "1"},
		{`{"\u0061":1}`, "a", "1"},
		{`{"\u0041":1}`, "a", "1"},
		{"{\"\u212aey\":1}", "key", "1"}, // KELVIN SIGN, as encoding/json folds it
		{`{"\u212Aey":1}`, "key", "1"},
		{`{"\"":1}`, `"`, "1"},
		{"{\"\xff\":1}", "\ufffd", "1"}, // what it has become
		{`{"":1}`, "", "1"},
		{`{ "x" : "a" , "a" : [ {"a":3} ] }`, "a", `[ {"a":3} ]`},
		{`{"ab":1}`, "a", ""},
		{`{}`, "a", ""},
		{`["a",1]`, "a", ""},
		{`"a"`, "a", ""},
	} {
		if got := parse(t, tt.text).Get(tt.name); string(got.Raw()) != tt.want {
			t.Errorf("%s: %q is %q, want %q", tt.text, tt.name, got.Raw(), tt.want)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		`""`: "", `"plain"`: "plain", `"é\u00e9\u00E9"`: "ééé", `"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t",
		`"\ud83d\ude00"`: "😀", `"\uD83D\uDE00!"`: "😀!", `"\ud83d"`: "\ufffd", `"\ude00\ud83d"`: "\ufffd\ufffd",
		`"\ud83d\u0041"`: "\ufffdA", `"\ud83d\ud83d\ude00"`: "\ufffd😀", `"\ud83dx\ude00"`: "\ufffdx\ufffd", `"\ufffd"`: "\ufffd",
		`"\ud83d\n"`: "\ufffd\n", "\"a\xff\xfeb\"": "a\ufffd\ufffdb", "\"\xc3\"": "\ufffd", "\"\xed\xa0\xbd\"": "\ufffd\ufffd\ufffd",
		"\"\x7f\u2028\"": "\x7f\u2028", `"\u0000"`: "\x00", "1": "", "null": "", `["a"]`: "",
	} {
		if got := parse(t, text).Text(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestMembersAndElements(t *testing.T) {
	v := parse(t, ` { "a" : 1 , "\u0062":[ ] ,"a":{"x":[2]},"":null}`)
	var got []string
	for name, member := range v.Members() {
		got = append(got, name+"="+string(member.Raw()))
	}
	if want := []string{"a=1", "b=[ ]", `a={"x":[2]}`, "=null"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	got = nil
	for i, e := range parse(t, `[ 1,"]" , [2,[3]] ,{"a":","}]`).Elements() {
		got = append(got, fmt.Sprint(i, " ", string(e.Raw())))
	}
	if want := []string{"0 1", `1 "]"`, "2 [2,[3]]", `3 {"a":","}`}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for range v.Elements() {
		t.Error("an object has elements")
	}
	for range parse(t, `[1]`).Members() {
		t.Error("an array has members")
	}
	for range v.Members() {
		break
	}
	for i := range parse(t, `[1,2]`).Elements() {
		if i > 0 {
			t.Error("went on after break")
		}
		break
	}
}

// TestAllocations: what is not taken out of a document costs nothing.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	doc := []byte(`{"list":[` + strings.Repeat(`{"n":[],"s":"\u0041"},`, 10_000) + `{}],"name":"xyz"}`)
	var v jsonread.Value
	if n := testing.AllocsPerRun(10, func() {
		var err error
		if v, err = jsonread.Parse(doc, most); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("Parse: %v allocations", n)
	}
	if n := testing.AllocsPerRun(10, func() {
		for _, e := range v.Get("list").Elements() {
			if e.Get("absent").Kind() != jsonread.Missing {
				t.Fatal("found")
			}
		}
	}); n != 0 {
		t.Errorf("going through the list: %v allocations", n)
	}
	if n := testing.AllocsPerRun(10, func() { _ = v.Get("name").Text() }); n != 1 {
		t.Errorf("a string: %v allocations, want 1", n)
	}
}

func BenchmarkParse(b *testing.B) {
	doc := []byte(`[` + strings.Repeat(`{"operation":"GET /orders","probabilisticSampling":{"samplingRate":0.25}},`, 2000) + `null]`)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for range b.N {
		if _, err := jsonread.Parse(doc, most); err != nil {
			b.Fatal(err)
		}
	}
}
