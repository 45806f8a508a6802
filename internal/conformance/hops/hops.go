// SPDX-License-Identifier: Apache-2.0

// Package hops has requests go from one tracing library to another by way of
// spur, over real HTTP, and compares what each of them knows. It is code for
// tests: those of the libraries in Go are in the package above, those with Node.js
// in e2e.
package hops

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/propagation"
)

// Seen is what a service knows of the span it has for a request. Ids are
// hexadecimal, of 32 and 16 digits; Parent is all zero for a new trace.
type Seen struct {
	Trace, Span, Parent string
	Sampled             bool
	Baggage             map[string][]byte // bytes, since JSON holds no others
	Next                http.Header       // what it tells the service it calls, from Serve
	Header              http.Header       // what came, from Serve
}

// Texts returns the baggage.
func (s *Seen) Texts() map[string]string {
	m := map[string]string{}
	for k, v := range s.Baggage {
		m[k] = string(v)
	}
	return m
}

// Library is a tracing library, used as a service would.
type Library interface {
	// Call begins a trace with baggage and requests a URL, which it waits for.
	Call(t testing.TB, url string, baggage map[string]string) Seen
	// Serve returns the URL of a service that goes on with the trace of each
	// request, and answers with what it has Seen, as JSON.
	Serve(t testing.TB) string
}

// Neighbour is a kind of service that stands beside spur's.
type Neighbour struct {
	Name    string
	New     func(t testing.TB, sample bool) Library // sample is what it decides when it must
	Baggage bool                                    // whether its library carries any
	Needs   []propagation.Format                    // what spur must write for it, beside its default
}

// Check sends requests from a by way of spur to b. It expects one trace, each
// parent the span before, one decision, and the baggage byte for byte where both
// carry any. Whoever does not begin the trace would decide otherwise.
func Check(t *testing.T, a, b Neighbour) {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 14268))
	for _, sampled := range []bool{true, false} {
		route := NewRoute(t, !sampled, b.New(t, !sampled), b.Needs...)
		from := a.New(t, sampled)
		for n := range 12 {
			items := EveryValue()
			if n > 0 {
				items = randomItems(r)
			}
			called := from.Call(t, route.URL, items)
			if called.Sampled != sampled {
				t.Errorf("%s decided otherwise than it was to", a.Name)
			}
			p := route.Passed(t)
			compare(t, &a, &b, items, &called, &p)
			if t.Failed() {
				t.Fatalf("sampled %v, baggage %q,\nheaders to spur %q,\nfrom spur %q", sampled, items, p.Server.Header, p.Served.Header)
			}
		}
	}
}

func compare(t testing.TB, a, b *Neighbour, items map[string]string, called *Seen, p *Passage) {
	t.Helper()
	for what, s := range map[string]*Seen{"spur's server": &p.Server, "spur's client": &p.Client, b.Name: &p.Served} {
		if s.Trace != called.Trace {
			t.Errorf("%s is in trace %s, not %s", what, s.Trace, called.Trace)
		}
		if s.Sampled != called.Sampled {
			t.Errorf("%s: sampled %v, not %v", what, s.Sampled, called.Sampled)
		}
	}
	if p.Server.Parent != called.Span || p.Client.Parent != p.Server.Span || p.Served.Parent != p.Client.Span {
		t.Errorf("%s has span %s; spur's server %s below %s; spur's client %s below %s; %s is below %s",
			a.Name, called.Span, p.Server.Span, p.Server.Parent, p.Client.Span, p.Client.Parent, b.Name, p.Served.Parent)
	}
	ids := map[string]bool{called.Span: true, p.Server.Span: true, p.Client.Span: true, p.Served.Span: true}
	if len(ids) != 4 || ids[strings.Repeat("0", 16)] {
		t.Errorf("span ids %q", slices.Collect(maps.Keys(ids)))
	}
	want := map[string]string{}
	if a.Baggage {
		want = items
	}
	SameBaggage(t, "spur's server", p.Server.Texts(), want)
	SameBaggage(t, "spur's client", p.Client.Texts(), want)
	if !b.Baggage {
		want = map[string]string{}
	}
	SameBaggage(t, b.Name, p.Served.Texts(), want)
}

// SameBaggage compares baggage byte for byte.
func SameBaggage(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	for k, v := range want {
		if g, ok := got[k]; !ok || g != v {
			t.Errorf("%s has baggage %s=%q (%v), not %q", what, k, g, ok, v)
		}
	}
	for k, v := range got {
		if _, ok := want[k]; !ok {
			t.Errorf("%s has baggage %s=%q, which nobody sent", what, k, v)
		}
	}
}

// EveryValue has every kind of value that all neighbours can hold. Keys are in
// lower case: Jaeger's headers keep no other.
func EveryValue() map[string]string {
	return map[string]string{
		"plain": "acme", "spaces": "acme  corp", "around": " both ", "percent": "100%", "percents": "%41%2520 %zz %", "comma": "a,b, c",
		"equals": "=k=v==", "semicolon": "a;b;c=d", "plus": "1+1 +", "quotes": `"double" 'single'`, "backslash": `C:\temp\`,
		"unicode": "Zoë in Zürich", "wide": "日本語 🚀", "url": "https://x.y/?q=a%20b&c=d#e", "json": `{"a":[1,2],"b":null}`,
		"control": "line\r\nbreak\ttab\x00\x7f", "key.with-dots": "!#$&'()*/:<>?@[]^_`{|}~", "long": strings.Repeat("long é ", 30),
	}
}

func randomItems(r *rand.Rand) map[string]string {
	items := map[string]string{}
	for n := range r.IntN(8) {
		var value strings.Builder
		for range 1 + r.IntN(20) {
			value.WriteRune([]rune("abcXYZ019 +%,;=\\\"é日~!🚀")[r.IntN(22)])
		}
		items[fmt.Sprintf("key-%d", n)] = value.String()
	}
	return items
}

// fetch requests a URL and decodes the answer, which is JSON.
func fetch(t testing.TB, url string, h http.Header, answer any) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Error(err)
		return
	}
	maps.Copy(req.Header, h)
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%s: %s, %v", url, res.Status, err)
		return
	}
	if err := json.Unmarshal(body, answer); err != nil {
		t.Errorf("%s: %v in %.200q", url, err, body)
	}
}
