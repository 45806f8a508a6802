// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// hostileHeaders are requests of about one megabyte that strangers may send.
func hostileHeaders() map[string]propagation.Header {
	const mega = 1 << 20
	many := func(n int, key, value func(i int) string) propagation.Header {
		h := propagation.Header{"Uber-Trace-Id": {"1:2:3:1"}}
		for i := range n {
			http.Header(h).Add(key(i), value(i))
		}
		return h
	}
	constant := func(s string) func(int) string { return func(int) string { return s } }
	numbered := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	list := func(value string) propagation.Header {
		return propagation.Header{"Uber-Trace-Id": {"1:2:3:1"}, "Jaeger-Baggage": {value}}
	}
	return map[string]propagation.Header{
		"million commas":            list(strings.Repeat(",", mega)), // jaeger-client-go: a log line for each
		"million encoded commas":    list(strings.Repeat("%2C", mega/3)),
		"list of 100,000":           list(strings.Repeat("k=v,", mega/4)),
		"list of distinct keys":     list(strings.Join(numberedAll("k%d=v", 100_000), ",")),
		"list of duplicates":        list(strings.Join(numberedAll("%x=v", 60), ",") + strings.Repeat(",f=0", mega/4)),
		"list without a comma":      list(strings.Repeat("x", mega)),
		"list of spaces":            list(strings.Repeat(" ", mega)),
		"list of percent signs":     list(strings.Repeat("%", mega)),
		"50,000 lists":              many(50_000, constant("jaeger-baggage"), numbered("k%d=aaaaaaaaaaa")),
		"lists that never fit":      {"Uber-Trace-Id": {"1:2:3:1"}, "Jaeger-Baggage": repeated(strings.Repeat("x", 8193), 128)},
		"10,000 members":            many(10_000, numbered("uberctx-key%d"), constant(strings.Repeat("v", 80))),
		"1,000 members":             many(1000, numbered("uberctx-%d"), constant("v")),
		"one value of a megabyte":   many(1, constant("uberctx-k"), constant(strings.Repeat("v", mega))),
		"megabyte of percent signs": many(1, constant("uberctx-k"), constant(strings.Repeat("%", mega))),
		"undecodable at the end":    many(128, numbered("uberctx-%d"), constant(strings.Repeat("v", 8000)+"%")),
		"long key":                  many(1, constant("uberctx-"+strings.Repeat("k", mega)), constant("v")),
		"100,000 repetitions":       many(100_000, constant("uberctx-k"), constant("v")),
		"1,000 unrelated keys":      many(1000, numbered("x-header-number-%d"), constant(strings.Repeat("v", 1000))),
		"keys of our lengths":       many(1000, numbered("uber-trace-%d"), constant("v")),
		"ids of a megabyte":         {"Uber-Trace-Id": {strings.Repeat("1", mega)}},
		"colons":                    {"Uber-Trace-Id": {strings.Repeat(":", mega)}},
		"debug id of a megabyte":    {"Jaeger-Debug-Id": {strings.Repeat("%41", mega/3)}},

		"w3c, million commas":           w3cList(strings.Repeat(",", mega)),
		"w3c, list of 250,000":          w3cList(strings.Repeat("k=v,", mega/4)),
		"w3c, list of distinct keys":    w3cList(strings.Join(numberedAll("k%d=v", 100_000), ",")),
		"w3c, list of duplicates":       w3cList(strings.Join(numberedAll("%x=v", 60), ",") + strings.Repeat(",f=0", mega/4)),
		"w3c, list without a comma":     w3cList("k=" + strings.Repeat("x", mega)),
		"w3c, list of percent signs":    w3cList("k=" + strings.Repeat("%", 8000) + strings.Repeat(",k=%", mega/4)),
		"w3c, not UTF-8":                w3cList("k=" + strings.Repeat("%ff", 2700)),
		"w3c, list of semicolons":       w3cList("k=v" + strings.Repeat(";", 8000)),
		"w3c, list of properties":       w3cList("k=v" + strings.Repeat(";p", 4000)),
		"w3c, list of spaces":           w3cList(strings.Repeat(" ", mega)),
		"w3c, 50,000 lists":             many(50_000, constant("baggage"), numbered("k%d=aaaaaaaaaaa")),
		"w3c, traceparent of spaces":    {"Traceparent": {strings.Repeat(" ", mega)}},
		"w3c, 20,000 traceparents":      {"Traceparent": repeated(w3cParent, 20_000)},
		"w3c, tracestate of a megabyte": {"Traceparent": {w3cParent}, "Tracestate": {strings.Repeat("a=1,", mega/4)}},
		"w3c, tracestate of spaces":     {"Traceparent": {w3cParent}, "Tracestate": {strings.Repeat(" ", mega)}},
		"w3c, tracestate of commas":     {"Traceparent": {w3cParent}, "Tracestate": {strings.Repeat(",", 4096)}},
		"w3c, 100,000 tracestates":      {"Traceparent": {w3cParent}, "Tracestate": repeated("a=1", 100_000)},
		"b3 of a megabyte":              {"B3": {strings.Repeat("1-", mega/2)}},
		"b3, ids of a megabyte":         {"X-B3-Traceid": {strings.Repeat("1", mega)}, "X-B3-Spanid": {"1"}, "X-B3-Flags": {strings.Repeat("1", mega)}},
		"b3, decision of a megabyte":    {"X-B3-Traceid": {"1"}, "X-B3-Spanid": {"1"}, "X-B3-Sampled": {strings.Repeat("1", mega)}},
		"b3, 10,000 members":            many(10_000, numbered("baggage-key%d"), constant(strings.Repeat("v", 80))),
		"all full":                      fullOfAll(),
		"all full of others":            allFullOfOthers(),
	}
}

func w3cList(value string) propagation.Header {
	return propagation.Header{"Traceparent": {w3cParent}, "Baggage": {value}}
}

// fullOfAll has a full set of 64 members in each format.
func fullOfAll() propagation.Header {
	h := propagation.Header{"Traceparent": {w3cParent}, "Tracestate": {fill("a", 2000), fill("b", 2000)}}
	var list []string
	for i := range 64 {
		value := strings.Repeat("v", 110)
		h[fmt.Sprintf("Uberctx-Key%02d", i)] = []string{value}
		h[fmt.Sprintf("Baggage-Key%02d", i)] = []string{value}
		list = append(list, fmt.Sprintf("Key%02d=%s", i, value))
	}
	h["Baggage"] = []string{strings.Join(list, ",")}
	return h
}

// allFullOfOthers has other members in each format, encoded and without ids, and
// the list in pieces.
func allFullOfOthers() propagation.Header {
	h := propagation.Header{"Jaeger-Debug-Id": {strings.Repeat("%41", 128)}}
	for i := range 64 {
		value := strings.Repeat("%41", 36)
		h[fmt.Sprintf("Uberctx-J%03d", i)] = []string{value}
		h[fmt.Sprintf("Baggage-B%03d", i)] = []string{value}
		h["Baggage"] = append(h["Baggage"], fmt.Sprintf("w%03d=%s", i, value))
		h["Jaeger-Baggage"] = append(h["Jaeger-Baggage"], fmt.Sprintf("l%03d=%s", i, value))
	}
	return h
}

// extractors are what hostile carriers are given to.
func extractors() map[string]formats {
	return map[string]formats{"jaeger": {fJaeger}, "w3c": {fW3C}, "b3": {fB3}, "composite": {fJaeger, fW3C, fB3}, "reverse": {fB3, fW3C, fJaeger}}
}

func numberedAll(format string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return all
}

func repeated(s string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = s
	}
	return all
}

func TestHostileHeaders(t *testing.T) {
	var logged bytes.Buffer
	log.SetOutput(&logged)
	defer log.SetOutput(log.Default().Writer())
	for name, h := range hostileHeaders() {
		t.Run(name, func(t *testing.T) {
			var list [][2]string
			for k, vs := range h {
				for _, v := range vs {
					list = append(list, [2]string{k, v})
				}
			}
			for extractor, speaks := range extractors() {
				for what, from := range map[string]propagation.Reader{"Header": h, "foreign": &pairs{list: list}} {
					checkHostile(t, extractor+", "+what, speaks, from)
				}
			}
		})
	}
	if logged.Len() > 0 {
		t.Errorf("logged %q", logged.String())
	}
}

func checkHostile(t *testing.T, what string, speaks formats, from propagation.Reader) {
	t.Helper()
	const limit = 64 << 10
	var (
		p   *propagation.Textual
		c   model.Context
		err error
	)
	got := allocated(limit, func() {
		p = newComposite(t, propagation.HTTP, speaks, formats{fJaeger, fW3C, fB3})
		c, err = p.Extract(from)
	})
	if !race.Enabled && got > limit {
		t.Errorf("%s: %d bytes allocated, want at most %d", what, got, limit)
	}
	if err != nil && err != propagation.ErrNotFound && !errors.Is(err, propagation.ErrCorrupted) {
		t.Errorf("%s: %v", what, err)
	}
	size := 0
	for m := range c.Baggage.All() {
		size += len(m.Key) + len(m.Value) + len(m.Properties)
	}
	if c.Baggage.Len() > 64 || size > 8192 {
		t.Errorf("%s: %d members, %d bytes came in", what, c.Baggage.Len(), size)
	}
	// Passing it on must not make more of it than the limits allow.
	out := propagation.Header{}
	p.Inject(&c, out)
	if total, sizes := baggageSizes(out); total > 8192 {
		t.Errorf("%s: %d bytes go out: %v", what, total, sizes)
	}
}

// baggageSizes measures the baggage in a carrier: names and values, but not the name
// of W3C's header.
func baggageSizes(from propagation.Reader) (total int, sizes map[propagation.Format]int) {
	sizes = map[propagation.Format]int{}
	_ = from.ForeachKey(func(k, v string) error {
		f, n := fB3, len(k)+len(v)
		switch k = strings.ToLower(k); {
		case k == "baggage":
			f, n = fW3C, len(v)
		case strings.HasPrefix(k, "uberctx-"):
			f = fJaeger
		case !strings.HasPrefix(k, "baggage-"):
			return nil
		}
		sizes[f] += n
		total += n
		return nil
	})
	return total, sizes
}

// What comes in a format's own encoding does not grow on its way through.
func TestBaggageDoesNotGrow(t *testing.T) {
	in := propagation.Header{
		"Uber-Trace-Id": {"1:2:3:1"}, "Uberctx-A": {"%20%2B%25%C3%A9"}, "Uberctx-B": {"x%2Cy%3B"}, "Uberctx-Raw": {"%%%%"},
		"Baggage": {"A=%20+%25%C3%A9,b=x%2Cy%3B;p=1,bad=%%%%"},
	}
	p := newComposite(t, propagation.HTTP, formats{fJaeger, fW3C, fB3}, formats{fJaeger, fW3C})
	c, err := p.Extract(in)
	if err != nil {
		t.Fatal(err)
	}
	out := propagation.Header{}
	p.Inject(&c, out)
	_, sizes := baggageSizes(out)
	const raw = len("%25%25%25%25")
	for f, want := range map[propagation.Format]int{
		fJaeger: len("Uberctx-A%20%2B%25%C3%A9Uberctx-Bx%2Cy%3BUberctx-Raw") + raw, fW3C: len("A=%20+%25%C3%A9,b=x%2Cy%3B;p=1,raw=") + raw,
	} {
		if sizes[f] != want {
			t.Errorf("%v: %d bytes go out, want %d: %q", f, sizes[f], want, out)
		}
	}
}

func TestExtractLimits(t *testing.T) {
	value := func(n int) string { return strings.Repeat("v", n) }
	for _, tt := range []struct {
		name    string
		limits  propagation.Limits
		carrier [][2]string
		keep    int
		dropped uint64
	}{
		{"exactly the bytes", propagation.Limits{}, [][2]string{{"uberctx-k", value(8192 - 9)}}, 1, 0},
		{"one byte more", propagation.Limits{}, [][2]string{{"uberctx-k", value(8192 - 8)}}, 0, 1},
		{"raw bytes count", propagation.Limits{BaggageBytes: 9 + 6}, [][2]string{{"uberctx-k", "%41%41"}, {"uberctx-l", ""}}, 1, 1},
		{"a smaller one still fits", propagation.Limits{BaggageBytes: 30}, [][2]string{{"uberctx-a", value(10)}, {"uberctx-b", value(10)}, {"uberctx-c", "1"}}, 2, 1},
		{"list and headers together", propagation.Limits{BaggageBytes: 20}, [][2]string{{"jaeger-baggage", "a=1,b=2"}, {"uberctx-c", "3"}, {"uberctx-d", "4"}}, 3, 1},
		{"list is cut between members", propagation.Limits{BaggageBytes: 9}, [][2]string{{"jaeger-baggage", "a=1,b=2,ccc=3"}}, 2, 1},
		{"list is cut at its end", propagation.Limits{BaggageBytes: 7}, [][2]string{{"jaeger-baggage", "a=1,b=2,c=3"}}, 2, 1},
		{"list is cut at an encoded comma", propagation.Limits{BaggageBytes: 9}, [][2]string{{"jaeger-baggage", "a=1%2cb=2"}}, 2, 0},
		{"list is cut inside an encoded comma", propagation.Limits{BaggageBytes: 8}, [][2]string{{"jaeger-baggage", "a=1%2cb=2%2Cc"}}, 1, 1},
		{"list with a first member too long", propagation.Limits{BaggageBytes: 4}, [][2]string{{"jaeger-baggage", "a=100,b=2"}, {"jaeger-baggage", "c=3"}}, 0, 2},
		{"members", propagation.Limits{BaggageMembers: 2}, [][2]string{{"uberctx-a", ""}, {"jaeger-baggage", "b=,c=,d="}, {"uberctx-e", ""}, {"jaeger-baggage", "f="}}, 2, 4},
		{"repetitions are one member", propagation.Limits{BaggageMembers: 2}, [][2]string{{"uberctx-a", "1"}, {"uberctx-A", "2"}, {"uberctx-b", ""}}, 2, 0},
		{"more than the defaults", propagation.Limits{BaggageBytes: 100_000}, [][2]string{{"uberctx-a", value(50_000)}}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newComposite(t, propagation.HTTP, formats{fJaeger}, nil, propagation.WithLimits(tt.limits))
			c, err := p.Extract(&pairs{list: append(tt.carrier, [2]string{"uber-trace-id", "1:1:1:1"})})
			if err != nil {
				t.Fatal(err)
			}
			if c.Baggage.Len() != tt.keep || p.Stats()[0].BaggageDropped != tt.dropped {
				t.Errorf("%q kept, %d dropped; want %d, %d", asMap(c.Baggage), p.Stats()[0].BaggageDropped, tt.keep, tt.dropped)
			}
		})
	}
}

func TestIDHeaderLimit(t *testing.T) {
	p := newJaeger(t, propagation.Text, propagation.WithLimits(propagation.Limits{IDHeaderBytes: 20}))
	if _, err := p.Extract(textMap{"uber-trace-id": "1:1:0000000000000:01"}); err != nil {
		t.Errorf("20 bytes: %v", err)
	}
	_, err := p.Extract(textMap{"uber-trace-id": "1:1:00000000000000:01"})
	if !errors.Is(err, propagation.ErrCorrupted) || !strings.Contains(err.Error(), "21 bytes") {
		t.Errorf("21 bytes: %v", err)
	}
	// The default is 4096 bytes: a parent that nobody can read may be that long.
	long := strings.Repeat("x", 4096-len("1:1::1"))
	p = newJaeger(t, propagation.HTTP)
	if _, err := p.Extract(propagation.Header{"Uber-Trace-Id": {"1:1:" + long + ":1"}}); err != nil {
		t.Errorf("4096 bytes: %v", err)
	}
	if _, err := p.Extract(propagation.Header{"Uber-Trace-Id": {"1:1:x" + long + ":1"}}); !errors.Is(err, propagation.ErrCorrupted) {
		t.Errorf("4097 bytes: %v", err)
	}
}

func TestInjectLimits(t *testing.T) {
	value := func(n int) string { return strings.Repeat("v", n) }
	for _, tt := range []struct {
		name    string
		limits  propagation.Limits
		oldest  []string // first
		want    []string // keys, newest first
		dropped uint64
	}{
		{"exactly the bytes", propagation.Limits{}, []string{"k=" + value(8192-9)}, []string{"uberctx-k"}, 0},
		{"one byte more", propagation.Limits{}, []string{"k=" + value(8192-8)}, nil, 1},
		{"encoded bytes count", propagation.Limits{BaggageBytes: 9 + 5}, []string{"k=  "}, nil, 1},
		{"encoded bytes fit", propagation.Limits{BaggageBytes: 9 + 6}, []string{"k=  "}, []string{"uberctx-k"}, 0},
		{"newest first", propagation.Limits{BaggageMembers: 2}, []string{"a=", "b=", "c=", "d="}, []string{"uberctx-d", "uberctx-c"}, 2},
		{"a smaller one still fits", propagation.Limits{BaggageBytes: 30}, []string{"a=1", "b=" + value(15), "c=" + value(10)}, []string{"uberctx-c", "uberctx-a"}, 1},
		{"invalid ones do not count", propagation.Limits{BaggageMembers: 1}, []string{"a=1", "b b=2"}, []string{"uberctx-a"}, 1},
		{"more than the defaults", propagation.Limits{BaggageBytes: 100_000, BaggageMembers: 100}, []string{"a=" + value(50_000)}, []string{"uberctx-a"}, 0},
		{"no room for a name", propagation.Limits{BaggageBytes: 8}, []string{"a=", "b="}, nil, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newJaeger(t, propagation.HTTP, propagation.WithLimits(tt.limits))
			c := model.Context{Baggage: members(tt.oldest...)}
			var foreign pairs
			p.Inject(&c, &foreign)
			var got []string
			for _, kv := range foreign.list {
				got = append(got, kv[0])
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) || p.Stats()[0].BaggageDropped != tt.dropped {
				t.Errorf("%q written, %d dropped; want %q, %d", got, p.Stats()[0].BaggageDropped, tt.want, tt.dropped)
			}
			header := propagation.Header{}
			p.Inject(&c, header)
			if len(header) != len(tt.want) {
				t.Errorf("Header: %d written, want %d", len(header), len(tt.want))
			}
		})
	}

	all := model.Context{Baggage: members(numberedAll("key%d=v", 10_000)...)}
	p := newJaeger(t, propagation.HTTP)
	h := propagation.Header{}
	p.Inject(&all, h)
	if _, newest := h["Uberctx-Key9999"]; len(h) != 64 || !newest {
		t.Errorf("%d of 10,000 members written, the newest among them: %v; want 64", len(h), newest)
	}
	checkStats(t, p, propagation.FormatStats{Injected: 1, BaggageDropped: 10_000 - 64})
}
