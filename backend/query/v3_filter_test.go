// SPDX-License-Identifier: Apache-2.0

package query

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// filterOf is the JSON of a comparison of two operands, each of them an argument's.
func filterOf(op string, args ...string) string {
	return fmt.Sprintf(`{"op":%q,"args":[%s]}`, op, strings.Join(args, ","))
}

func argAttr(key string) string { return fmt.Sprintf(`{"attr":{"key":%q}}`, key) }
func argField(level, name string) string {
	return fmt.Sprintf(`{"field":{"name":%q,"level":%q}}`, name, level)
}
func argValue(text string) string { return fmt.Sprintf(`{"scalar":{"value":%q}}`, text) }
func argCall(call string) string  { return `{"call":` + call + `}` }

// TestFilter: a filter finds what the text of a search finds that says the same.
func TestFilter(t *testing.T) {
	service, kind, duration := argField("resource", "service"), argField("span", "kind"), argField("span", "duration")
	for filter, text := range map[string]string{
		filterOf("eq", argAttr("i"), argValue("3")):                                                                           `i=3`,
		filterOf("eq", argValue("3"), argAttr("i")):                                                                           `i=3`,
		filterOf("ne", argAttr("i"), argValue("3.0")):                                                                         `i!=3.0`,
		filterOf("gt", argValue("3"), argAttr("i")):                                                                           `i<3`,
		filterOf("gte", argAttr("i"), `{"scalar":{"value":"3","type":"int"}}`):                                                `i>=3`,
		filterOf("lt", argAttr("i"), argValue("-1e3")):                                                                        `i<-1e3`,
		filterOf("regex", argAttr("odd"), argValue("^tr")):                                                                    `odd~^tr`,
		filterOf("exists", argAttr("odd")):                                                                                    `has:odd`,
		filterOf("eq", service, argValue("shop")):                                                                             `service:shop`,
		filterOf("regex", argField("span", "name"), argValue("GET")):                                                          `op~GET`,
		filterOf("ne", kind, argValue("server")):                                                                              `kind!=server`,
		filterOf("eq", argField("span", "status"), argValue("error")):                                                         `status:error`,
		filterOf("lte", duration, argValue("3ms")):                                                                            `dur<=3ms`,
		filterOf("eq", argField("scope", "name"), argValue("x")):                                                              `otel.scope.name=x`,
		filterOf("eq", argField("event", "name"), argValue("x")):                                                              `event=x`,
		filterOf("in", argAttr("i"), `{"list":{"values":["1","2"]}}`):                                                         `i=1 OR i=2`,
		filterOf("not_in", argAttr("i"), `{"list":{"values":["1","2"]}}`):                                                     `i!=1 i!=2`,
		filterOf("not", argCall(filterOf("exists", argAttr("odd")))):                                                          `NOT has:odd`,
		filterOf("and", argCall(filterOf("eq", service, argValue("db"))), argCall(filterOf("exists", argAttr("odd")))):        `service:db has:odd`,
		filterOf("or", argCall(filterOf("eq", service, argValue("x"))), argCall(filterOf("eq", argAttr("i"), argValue("2")))): `service:x OR i=2`,
	} {
		got, err := parseV3Filter(filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		want, err := trace.Parse(text, time.Now())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if q := (trace.Query{Where: got}); q.String() != want.String() {
			t.Errorf("%s is %s, want %s", filter, q.String(), want.String())
		}
	}
}

// TestFilterType: a text is not compared as a number.
func TestFilterType(t *testing.T) {
	for typ, valid := range map[string]bool{"": true, "int": true, "double": true, "string": false} {
		e, err := parseV3Filter(filterOf("eq", argAttr("i"), fmt.Sprintf(`{"scalar":{"value":"3","type":%q}}`, typ)))
		if err != nil || e.Args[0].Term.Number.Valid != valid {
			t.Errorf("type %q: %+v, %v", typ, e, err)
		}
	}
}

func TestFilterErrors(t *testing.T) {
	deep := filterOf("exists", argAttr("a"))
	for range 16 {
		deep = filterOf("not", argCall(deep))
	}
	many := filterOf("in", argAttr("a"), `{"list":{"values":["1"`+strings.Repeat(`,"1"`, 64)+`]}}`)
	for filter, want := range map[string]string{
		``:                        "column 1: not JSON: EOF",
		`[]`:                      "column 1: a call is an object",
		`{"op":"eq",}`:            `column 12: not JSON: invalid character '}'`,
		`{"op":"eq"`:              "not JSON: ",
		`{"op":7}`:                `column 7: "op" is text`,
		`{"op":"x"} 1`:            "column 12: something follows the filter",
		`{"op":"x"},`:             "column 11: something follows the filter",
		`{"öp":"x"}`:              `column 2: unknown "öp": it is one of op, args`,
		`{"op":"x","op":"y"}`:     `column 11: "op" is there twice`,
		`{"op":"like","args":[]}`: `column 1: unknown operator "like"`,
		`{"op":"and"}`:            "column 1: and takes at least one argument",
		`{"args":[{}]}`:           "column 10: an argument is one of attr",
		`{"op":"not","args":[{"attr":{"key":"ö"},"field":{}}]}`:                   "column 41: an argument is one of attr",
		filterOf("eq", argAttr("a")):                                              "column 1: eq takes 2 arguments, not 1",
		filterOf("not", argAttr("a")):                                             "column 21: attr is not a condition",
		filterOf("eq", argAttr("a"), argAttr("b")):                                "column 41: attr is not compared with attr",
		filterOf("eq", argValue("a"), argValue("b")):                              "scalar is nothing that spans have",
		filterOf("eq", `{"attr":{"key":"a","level":"span"}}`, argValue("b")):      `column 20: attributes are searched on all levels, not on "span" alone`,
		filterOf("eq", `{"attr":{"kez":"a"}}`, argValue("b")):                     `column 29: unknown "kez": it is one of key, level`,
		filterOf("eq", `{"attr":{}}`, argValue("b")):                              `column 20: "key" is missing`,
		filterOf("eq", `{"tag":{}}`, argValue("b")):                               `column 21: unknown "tag": it is one of attr`,
		filterOf("eq", argField("span", "traceID"), argValue("1")):                `"traceID" of level "span" cannot be searched for here`,
		filterOf("eq", argField("span", "kind"), argValue("SERVER")):              "it can be equal to one of unspecified, internal, server",
		filterOf("gt", argField("span", "status"), argValue("ok")):                "it can be equal to one of unset, ok, error, or not",
		filterOf("regex", argField("span", "kind"), argValue("server")):           "it can be equal to one of unspecified",
		filterOf("gt", argField("span", "name"), argValue("a")):                   "only numbers and durations have an order",
		filterOf("gt", argAttr("a"), argValue("b")):                               `only numbers and durations have an order, not "b"`,
		filterOf("gt", argAttr("a"), `{"scalar":{"value":"7","type":"string"}}`):  "only numbers and durations have an order, not text",
		filterOf("eq", argField("span", "duration"), argValue("7")):               `"7" is not a duration: 10ms is`,
		filterOf("regex", argField("span", "duration"), argValue("7ms")):          `"7ms" is not a duration: 10ms is`,
		filterOf("regex", argAttr("a"), argValue("(")):                            "missing closing )",
		filterOf("exists", argField("span", "name")):                              "every span has a name",
		filterOf("in", argAttr("a"), argValue("b")):                               "in takes a list with values",
		filterOf("in", argAttr("a"), `{"list":{"values":[]}}`):                    "in takes a list with values",
		filterOf("eq", argAttr("a"), `{"scalar":{"value":"x","type":"int"}}`):     `"x" is not of type "int"`,
		filterOf("eq", argAttr("a"), `{"scalar":{"value":"x","type":"date"}}`):    `"x" is not of type "date"`,
		filterOf("eq", argAttr("a"), `{"scalar":{}}`):                             "attr is not compared with scalar",
		filterOf("some", `{"nested":{"level":"event"}}`, argCall(`{"op":"and"}`)): "column 1: some cannot be searched for here",
		deep: "nested too deeply",
		many: "more than 64 conditions",
		strings.Repeat(" ", trace.MaxQueryBytes+1): "column 1: longer than 8192 bytes",
		"\xff": "column 1: not UTF-8",
	} {
		e, err := parseV3Filter(filter)
		var at *trace.ParseError
		if !errors.As(err, &at) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.200s: %v, %v, want %s", filter, e, err, want)
		}
	}
}

// FuzzFilter: a filter is a condition that a search can have, or an error with a
// column in it.
func FuzzFilter(f *testing.F) {
	for _, s := range []string{
		filterOf("eq", argAttr("a"), argValue("b")), filterOf("and", argCall(filterOf("exists", argAttr("ö"))), argCall(filterOf("not_in", argField("span", "kind"), `{"list":{"values":["server"],"type":"string"}}`))),
		`{"op":"and","args":[` + strings.Repeat(`{"call":{"op":"not","args":[`, 40), `{"op":"eq","args":[{"nested":{"level":"link"}},null]}`, `{"op":"eq","args":[{"scalar":{"value":1e999}}]}`, "{\"\\ud800\":1}",
	} {
		f.Add(s)
	}
	store := searchStore(f, 2)
	f.Fuzz(func(t *testing.T, text string) {
		where, err := parseV3Filter(text)
		var at *trace.ParseError
		if err != nil && (!errors.As(err, &at) || at.Column < 1 || at.Column > len(text)+1) {
			t.Fatalf("%v", err)
		}
		if err == nil {
			if _, err := store.Search(t.Context(), trace.Query{Where: where, Limit: 1}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
