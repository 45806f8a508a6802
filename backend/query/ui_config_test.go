// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// patternCases are those of ui/test/node/trace/link-pattern.test.js, too.
func patternCases(t testing.TB) (cases struct {
	Good []json.RawMessage
	Bad  []struct {
		Pattern        json.RawMessage
		Field, Message string
	}
},
) {
	t.Helper()
	text, err := os.ReadFile("testdata/link-patterns.json")
	if err == nil {
		err = json.Unmarshal(text, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestLinkPatterns(t *testing.T) {
	cases := patternCases(t)
	for i, raw := range cases.Good {
		c, ignored, err := ParseUIConfig(fmt.Appendf(nil, `{"linkPatterns":[%s]}`, raw))
		if err != nil || ignored != nil || len(c.LinkPatterns) != 1 {
			t.Errorf("%d: %s: %+v, %v, %v", i, raw, c, ignored, err)
		}
	}
	for _, bad := range cases.Bad {
		c, _, err := ParseUIConfig(fmt.Appendf(nil, `{"linkPatterns":[%s,%s]}`, cases.Good[0], bad.Pattern))
		if err == nil || !strings.HasPrefix(err.Error(), "linkPatterns[1]."+bad.Field+": ") || !strings.HasSuffix(err.Error(), ": "+bad.Message) || len(c.LinkPatterns) != 1 {
			t.Errorf("%s: %v, want %s: %s", bad.Pattern, err, bad.Field, bad.Message)
		}
	}
}

func TestParseUIConfig(t *testing.T) {
	link := func(kind string, keys ...string) LinkPattern { return LinkPattern{kind, keys, "/#{k}", "t"} }
	for _, c := range []struct {
		text    string
		want    []LinkPattern
		ignored []string
		err     string
	}{
		{text: `{}`},
		{text: `null`},
		{text: `{"linkPatterns":null}`},
		{text: ` {"linkPatterns":[]} `},
		{
			text: `{"menu":[{"label":"x"}],"dependencies":{"menuEnabled":true},"archiveEnabled":true,"tracking":{"gaID":"UA"},
				"linkPatterns":[{"type":"tags","key":"k","url":"/#{k}","text":"t","value":"v"},{"type":"traces","key":["x"],"url":"/#{k}","text":"t"},{"type":"resource","key":["a","b"],"url":"/#{k}","text":"t"}]}`,
			want:    []LinkPattern{link("tags", "k"), link("traces"), link("process", "a", "b")},
			ignored: []string{"archiveEnabled", "dependencies", "menu", "tracking", "linkPatterns[0].value"},
		},
		{text: ``, err: "line 1: unexpected end of JSON input"},
		{text: "{\n\"menu\": [],\n}", err: "line 3: invalid character '}' looking for beginning of object key string"},
		{text: `[]`, err: "not an object of JSON"},
		{text: `{"linkPatterns":{}}`, err: "linkPatterns: not a list of objects"},
		{text: `{"linkPatterns":["x"]}`, err: "linkPatterns: not a list of objects"},
		{text: `{"linkPatterns":[null]}`, err: "linkPatterns[0].type: missing: not one of tags, process, logs, traces"},
		{text: `{"linkPatterns":[` + strings.Repeat(`{},`, maxLinkPatterns) + `{}]}`, err: "linkPatterns: 501, more than 500"},
		{
			text: `{"linkPatterns":[{"type":"tags","key":"k","url":"javascript:` + strings.Repeat("x", 300) + `","text":"t"},{"type":"x"}]}`,
			err: `linkPatterns[0].url: "javascript:` + strings.Repeat("x", 88) + "… (313 bytes): neither relative nor an address of http, https or mailto\n" +
				`linkPatterns[1].type: "x": not one of tags, process, logs, traces`,
		},
		{text: `{"linkPatterns":[{"type":"tags","key":["` + strings.Repeat(`","`, 100) + `"],"url":"/","text":"t"}]}`, err: "linkPatterns[0].key: [" + strings.Repeat(`"",`, 33) + "… (304 bytes): neither the name of a tag nor a list of 1 to 100 of them"},
		{text: `{"linkPatterns":[{"type":"tags","key":"k","url":"/","text":"` + strings.Repeat("ü", 4001) + `"}]}`, err: `linkPatterns[0].text: "` + strings.Repeat("ü", 49) + "… (8004 bytes): not a text of 1 to 4000 characters"},
	} {
		got, ignored, err := ParseUIConfig([]byte(c.text))
		said := ""
		if err != nil {
			said = err.Error()
		}
		if said != c.err || !slices.Equal(ignored, c.ignored) || (err == nil && !reflect.DeepEqual(got.LinkPatterns, c.want)) {
			t.Errorf("%.200s:\n%+v, %q, %q; want\n%+v, %q, %q", c.text, got.LinkPatterns, ignored, said, c.want, c.ignored, c.err)
		}
	}
}

// FuzzUIConfig: no file makes reading it panic. What it has are links that lead to
// pages only, and they can be read again.
func FuzzUIConfig(f *testing.F) {
	cases := patternCases(f)
	for _, raw := range cases.Good {
		f.Add(fmt.Appendf(nil, `{"linkPatterns":[%s]}`, raw))
	}
	for _, bad := range cases.Bad {
		f.Add(fmt.Appendf(nil, `{"linkPatterns":[%s],"menu":1}`, bad.Pattern))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, _, err := ParseUIConfig(text)
		if err != nil {
			return
		}
		for _, p := range c.LinkPatterns {
			u, err := url.Parse(linkParameter.ReplaceAllString(p.URL, "javascript"))
			if err == nil && !slices.Contains([]string{"", "http", "https", "mailto"}, u.Scheme) {
				t.Errorf("%q is allowed", p.URL)
			}
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if again, ignored, err := ParseUIConfig(written); err != nil || ignored != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%s: %+v, %v, %v", written, again, ignored, err)
		}
	})
}

func TestUIConfig(t *testing.T) {
	store := searchStore(t, 0)
	if got := get(New(Config{Store: store}), "http://localhost/api/ui-config").Body.String(); got != `{"linkPatterns":[]}`+"\n" {
		t.Error(got)
	}
	c, _, err := ParseUIConfig([]byte(`{"linkPatterns":[{"type":"tags","key":"<k>","url":"/?a=1&b=#{k}","text":"t"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	h := New(Config{Store: store, UIConfig: c, BasePath: "/jaeger"})
	if got := get(h, "http://localhost/jaeger/api/ui-config").Body.String(); got != `{"linkPatterns":[{"type":"tags","key":["<k>"],"url":"/?a=1&b=#{k}","text":"t"}]}`+"\n" {
		t.Error(got)
	}
}
