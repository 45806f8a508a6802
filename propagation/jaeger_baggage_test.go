// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestJaegerExtractBaggage(t *testing.T) {
	for _, tt := range []struct {
		name       string
		carrier    [][2]string
		http, text map[string]string // nil: ErrNotFound
		dropped    uint64
	}{
		{
			name:    "of jaeger-client-go",
			carrier: [][2]string{{"uberctx-tenant", "acme+corp"}, {"Uberctx-User", "%C3%A9"}},
			http:    map[string]string{"tenant": "acme corp", "user": "é"},
			text:    map[string]string{"tenant": "acme+corp", "user": "%C3%A9"},
		},
		{
			name:    "of Node",
			carrier: [][2]string{{"uberctx-tenant", "acm%C3%A9%20x"}},
			http:    map[string]string{"tenant": "acmé x"},
			text:    map[string]string{"tenant": "acm%C3%A9%20x"},
		},
		{
			name:    "keys are lower-cased",
			carrier: [][2]string{{"UBERCTX-Key", "V"}, {"uberctx-ÄÖ", "1"}},
			http:    map[string]string{"key": "V", "äö": "1"},
			text:    map[string]string{"key": "V", "äö": "1"},
		},
		{
			name:    "last one of a key",
			carrier: [][2]string{{"uberctx-k", "1"}, {"uberctx-l", "2"}, {"Uberctx-K", "3"}},
			http:    map[string]string{"k": "3", "l": "2"},
			text:    map[string]string{"k": "3", "l": "2"},
		},
		{
			name:    "undecodable",
			carrier: [][2]string{{"uberctx-a", "100%"}, {"uberctx-b", "+%zz%41"}, {"uberctx-c", "%4"}, {"uberctx-d", "o%6b"}},
			http:    map[string]string{"a": "100%", "b": "+%zz%41", "c": "%4", "d": "ok"},
			text:    map[string]string{"a": "100%", "b": "+%zz%41", "c": "%4", "d": "o%6b"},
		},
		{
			name:    "without a key",
			carrier: [][2]string{{"uberctx-", "v"}, {"jaeger-baggage", "=v"}},
			dropped: 4,
		},
		{
			name:    "empty value",
			carrier: [][2]string{{"uberctx-k", ""}},
			http:    map[string]string{"k": ""},
			text:    map[string]string{"k": ""},
		},
		{
			name:    "list",
			carrier: [][2]string{{"jaeger-baggage", "k1=v1, k2 = v2 ,Key3=v3"}},
			http:    map[string]string{"k1": "v1", "k2": " v2", "Key3": "v3"},
			text:    map[string]string{"k1": "v1", "k2": " v2", "Key3": "v3"},
		},
		{
			name:    "list, encoded",
			carrier: [][2]string{{"Jaeger-Baggage", "k1%3Dv1%2Ck2=v+2"}},
			http:    map[string]string{"k1": "v1", "k2": "v 2"},
			text:    map[string]string{"k1": "v1", "k2": "v 2"},
		},
		{
			name:    "list, malformed",
			carrier: [][2]string{{"jaeger-baggage", ",,k1, k2=v2=w2 , ,k3=v3,"}},
			http:    map[string]string{"k3": "v3"},
			text:    map[string]string{"k3": "v3"},
			dropped: 4,
		},
		{
			name:    "list, undecodable", // given up as a whole by jaeger-client-go
			carrier: [][2]string{{"jaeger-baggage", "k1=+v1,k2=100%"}, {"jaeger-baggage", "k3=v3"}},
			http:    map[string]string{"k1": "+v1", "k2": "100%", "k3": "v3"},
			text:    map[string]string{"k1": "+v1", "k2": "100%", "k3": "v3"},
		},
		{
			name:    "lists are merged, uberctx wins before",
			carrier: [][2]string{{"uberctx-k1", "header"}, {"jaeger-baggage", "k1=list,k2=list"}, {"jaeger-baggage", "k2=later,k3=later"}},
			http:    map[string]string{"k1": "header", "k2": "later", "k3": "later"},
			text:    map[string]string{"k1": "header", "k2": "later", "k3": "later"},
		},
		{
			name:    "uberctx wins behind",
			carrier: [][2]string{{"jaeger-baggage", "k1=list,k2=list"}, {"uberctx-k1", "header"}},
			http:    map[string]string{"k1": "header", "k2": "list"},
			text:    map[string]string{"k1": "header", "k2": "list"},
		},
		{
			name:    "nobody's",
			carrier: [][2]string{{"", ""}, {"uberctx", "v"}, {"u", "v"}, {"x-uberctx-k", "v"}, {"baggage", "k=v"}, {"uber-trace-id-x", "1:1:1:1"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var dropped uint64
			for kind, want := range map[propagation.Kind]map[string]string{propagation.HTTP: tt.http, propagation.Text: tt.text} {
				p := newJaeger(t, kind)
				from := &pairs{list: tt.carrier}
				c, err := p.Extract(from)
				checkBaggage(t, fmt.Sprint("kind ", kind), c, err, want)
				if from.passes != 1 || from.visits != len(tt.carrier) {
					t.Errorf("%d passes, %d visits for %d pairs", from.passes, from.visits, len(tt.carrier))
				}
				dropped += p.Stats()[0].BaggageDropped
			}
			if dropped != tt.dropped {
				t.Errorf("%d members counted as dropped, want %d", dropped, tt.dropped)
			}
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			c, err := newJaeger(t, propagation.HTTP).Extract(h)
			checkBaggage(t, "Header", c, err, tt.http)
		})
	}
}

func checkBaggage(t *testing.T, what string, c model.Context, err error, want map[string]string) {
	t.Helper()
	if want == nil {
		if err != propagation.ErrNotFound {
			t.Errorf("%s: %s, %v; want ErrNotFound", what, describe(c), err)
		}
		return
	}
	if err != nil || c.IsValid() || c.State != model.StateRemote || c.Flags != 0 {
		t.Errorf("%s: %s, %v", what, describe(c), err)
	}
	if got := asMap(c.Baggage); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: baggage %q, want %q", what, got, want)
	}
}

// What a reading leaves behind must not show up in the next one.
func TestJaegerReadingsAreClean(t *testing.T) {
	p := newJaeger(t, propagation.Text)
	first, err := p.Extract(textMap{"uber-trace-id": "1:2:3:1", "uberctx-secret": "mine", "jaeger-debug-id": "d"})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if c, err := p.Extract(textMap{"x": "y"}); err != propagation.ErrNotFound {
			t.Fatalf("%s, %v", describe(c), err)
		}
		c, err := p.Extract(textMap{"uberctx-public": "your"})
		if err != nil || !reflect.DeepEqual(asMap(c.Baggage), map[string]string{"public": "your"}) {
			t.Fatalf("%s, %v", describe(c), err)
		}
	}
	if got := asMap(first.Baggage); got["secret"] != "mine" {
		t.Errorf("an earlier context changed: %q", got)
	}
}
