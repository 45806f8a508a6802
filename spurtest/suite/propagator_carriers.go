// SPDX-License-Identifier: Apache-2.0

package suite

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/textproto"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

type entry struct{ key, value string }

// entries is a carrier that is no http.Header: a list in which Set replaces the
// entry with the same key.
type entries []entry

// Set implements propagation.Setter.
func (e *entries) Set(key, value string) {
	for i := range *e {
		if (*e)[i].key == key {
			(*e)[i].value = value
			return
		}
	}
	*e = append(*e, entry{key, value})
}

// ForeachKey implements propagation.Reader, newest first.
func (e entries) ForeachKey(handler func(key, value string) error) error {
	for _, pair := range slices.Backward(e) {
		if err := handler(pair.key, pair.value); err != nil {
			return err
		}
	}
	return nil
}

func entriesOf(h http.Header) (all entries) {
	for _, key := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[key] {
			all = append(all, entry{key, v})
		}
	}
	return all
}

func overTheWire(h http.Header) (http.Header, error) {
	var wire bytes.Buffer
	if err := h.Write(&wire); err != nil {
		return nil, err
	}
	wire.WriteString("\r\n")
	read, err := textproto.NewReader(bufio.NewReader(&wire)).ReadMIMEHeader()
	if err != nil {
		return nil, fmt.Errorf("the headers cannot be read back: %w", err)
	}
	return http.Header(read), nil
}

func richContext() model.Context {
	return model.Context{
		TraceID: model.TraceID{High: 0xc0ffee, Low: someTrace}, SpanID: someSpan, ParentID: 0x77, Flags: model.FlagSampled,
		Baggage: model.NewBaggage(model.Member{Key: "tenant", Value: "acmé corp"}, model.Member{Key: "plan", Value: "free"}),
	}
}

func (p propagatorPiece) inject(c *model.Context, h http.Header, list *entries) {
	p.make().Inject(c, propagation.Header(h))
	p.make().Inject(c, list)
}

func checkContextUnchanged(t testing.TB, p propagatorPiece) {
	c := richContext()
	before, members := c, slices.Collect(c.Baggage.All())
	p.each(t, "a context", c, func(string, model.Context, error) {})
	p.inject(&c, http.Header{}, new(entries))
	if c != before || !slices.Equal(slices.Collect(c.Baggage.All()), members) {
		t.Errorf("Inject changed the context: %+v, was %+v", c, before)
	}
}

func checkForeignEntries(t testing.TB, p propagatorPiece) {
	foreign := http.Header{"Content-Type": {"text/plain"}, "Cookie": {"a=b", "c=d"}, "X-Request-Id": {"1234"}, "x-odd-case": {"kept"}}
	c := richContext()
	h, list := foreign.Clone(), entriesOf(foreign)
	n := len(list)
	p.inject(&c, h, &list)
	if len(h) == len(foreign) {
		t.Error("Inject wrote nothing into a Header")
	}
	for key, want := range foreign {
		if !slices.Equal(h[key], want) {
			t.Errorf("Inject changed %s from %q to %q", key, want, h[key])
		}
	}
	if len(list) == n {
		t.Error("Inject wrote nothing into a carrier")
	}
	if !slices.Equal(list[:n], entriesOf(foreign)) {
		t.Errorf("Inject changed other entries: %q", list)
	}
	for name, from := range map[string]propagation.Reader{"Header": propagation.Header(h), "carrier": list} {
		before := fmt.Sprint(from)
		if got, err := p.make().Extract(from); err != nil || got.SpanID != c.SpanID {
			t.Errorf("from a %s with other entries: got span %v, error %v", name, got.SpanID, err)
		}
		if after := fmt.Sprint(from); after != before {
			t.Errorf("Extract changed the %s from %s to %s", name, before, after)
		}
	}
}

// checkTwice passes on a request that came with headers of its own.
func checkTwice(t testing.TB, p propagatorPiece) {
	first := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 3, Flags: model.FlagSampled | model.FlagDebug}
	second := model.Context{TraceID: model.TraceID{High: 4, Low: 5}, SpanID: 6}
	h, list := http.Header{}, entries{}
	p.inject(&first, h, &list)
	p.inject(&second, h, &list)
	for name, from := range map[string]propagation.Reader{"propagation.Header": propagation.Header(h), "another carrier": list} {
		got, err := p.make().Extract(from)
		if err != nil || got.TraceID.Low != 5 || got.SpanID != 6 {
			t.Errorf("%s: got %v:%v, error %v, want the ids of the second Inject", name, got.TraceID, got.SpanID, err)
		}
	}
}

func checkValidHeaders(t testing.TB, p propagatorPiece) {
	c := richContext()
	for _, m := range []model.Member{
		{Key: "line", Value: "a\r\nX-Evil: 1\r\n\r\nbody"},
		{Key: "k\r\nX-Evil", Value: "2"},
		{Key: "", Value: "no key"},
		{Key: "two words", Value: "3"},
		{Key: "schlüssel", Value: "ö"},
		{Key: "a:b", Value: "4"},
		{Key: "a=b,c;d", Value: "5"},
		{Key: "nul\x00", Value: "\x00\x7f\xff"},
		{Key: "tab", Value: "\t"},
		{Key: "properties", Value: "6", Properties: "a\r\nX-Evil: 7"},
	} {
		c.Baggage = c.Baggage.With(m)
	}
	h, list := http.Header{}, entries{}
	survive(t, "odd baggage", func() { p.inject(&c, h, &list) })
	for i, entries := range []entries{entriesOf(h), list} {
		for _, e := range entries {
			if e.key == "" || p.Kind == propagation.HTTP && (!isToken(e.key) || !isPrintable(e.value, i > 0)) {
				t.Errorf("not a valid header: %q: %q", e.key, e.value)
			}
		}
	}
	if got, err := p.make().Extract(propagation.Header(h)); err != nil || got.SpanID != c.SpanID {
		t.Errorf("beside odd baggage: got span %v, error %v", got.SpanID, err)
	}
}

func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c)
	})
}

// isPrintable reports whether s has no control characters, nor, with ascii, others
// beyond ASCII.
func isPrintable(s string, ascii bool) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f || ascii && c > 0x7f })
}

func checkHostileCarriers(t testing.TB, p propagatorPiece) {
	var written []entry
	for _, flags := range []model.Flags{model.FlagSampled, model.FlagSampled | model.FlagDebug, 0} {
		c := richContext()
		c.Flags = flags
		var list entries
		p.make().Inject(&c, &list)
		for _, e := range list {
			if !slices.Contains(written, e) {
				written = append(written, e)
			}
		}
	}
	via := p.make()
	for i, e := range written {
		for _, value := range damaged(e.value) {
			among := slices.Clone(entries(written[:i+1]))
			among[i].value = value
			p.attack(t, via, e.key, value, entries{{e.key, value}}, among)
		}
	}
	many := entries{}
	for i := range 10_000 {
		e := written[i%len(written)]
		many = append(many, entry{e.key + strings.Repeat("x", i%100), e.value})
		many = append(many, e)
	}
	p.attack(t, via, "20,000 entries", "", many)
	p.attack(t, via, "odd keys", "", entries{{"", ""}, {"\x00", "\x00"}, {strings.Repeat("k", 1<<20), "v"}, {"\xff", "\xff"}, {"-", "-"}})
}

func damaged(value string) []string {
	all := []string{
		"", " ", ",", "=", ":", "-", "%", "%zz", "\x00", "\xff\xfe", "0", "💥", value + value, value + "," + value, " " + value + " ",
		strings.Repeat("f", 100), strings.Repeat("0", 32), strings.Repeat("0", 10_000), strings.Repeat(value+",", 5_000),
		strings.Repeat("%", 100_000), strings.Repeat(",", 100_000), strings.Repeat("k=v,", 100_000), strings.Repeat(":", 100_000),
		"-1:-1:-1:-1", "1:1:1:999999999999999999999", "zz-" + value, strings.Repeat("0", len(value)), value[:len(value)/2] + strings.Repeat("x", 1<<20),
	}
	for i := range min(len(value), 100) {
		all = append(all, value[:i], value[i:])
		for _, c := range []byte{'0', 'g', '-', ':', '%', ',', ' ', 0, 0xff} {
			b := []byte(value)
			b[i] = c
			all = append(all, string(b))
		}
	}
	return all
}

const maxCarried = 64 << 10 // bytes of baggage

func (p propagatorPiece) attack(t testing.TB, via propagation.Propagator, key, value string, carriers ...entries) {
	t.Helper()
	for _, list := range carriers {
		h := make(http.Header, len(list))
		for _, e := range list {
			h.Add(e.key, e.value)
		}
		for _, from := range []propagation.Reader{list, propagation.Header(h)} {
			var fault string
			if p := panicOf(func() { fault = faultOf(via.Extract(from)) }); p != nil {
				fault = fmt.Sprint("panic: ", p)
			}
			if fault != "" {
				t.Errorf("%T with %.100q: %.100q (%d bytes): %s", from, key, value, len(value), fault)
			}
		}
	}
}

// faultOf returns what is wrong with what Extract returned, or "".
func faultOf(got model.Context, err error) string {
	switch {
	case err == nil && !got.IsValid() && got.Baggage.Len() == 0 && got.DebugID() == "" && got.State&model.StateDecided == 0:
		return fmt.Sprintf("success without ids, baggage, a debug id or a decision: %+v", got)
	case err == nil && baggageSize(got.Baggage) > maxCarried:
		return fmt.Sprintf("%d bytes of baggage", baggageSize(got.Baggage))
	case err != nil && !errors.Is(err, propagation.ErrCorrupted) && !errors.Is(err, propagation.ErrNotFound):
		return fmt.Sprintf("the error wraps neither ErrCorrupted nor ErrNotFound: %.100q", err.Error())
	case err != nil && len(err.Error()) > 1024:
		return fmt.Sprintf("an error of %d bytes", len(err.Error()))
	}
	return ""
}

func baggageSize(b *model.Baggage) (n int) {
	for m := range b.All() {
		n += len(m.Key) + len(m.Value) + len(m.Properties)
	}
	return n
}

var errReader = errors.New("this carrier cannot be read")

type failing struct{ entries }

// ForeachKey implements propagation.Reader.
func (f failing) ForeachKey(handler func(key, value string) error) error {
	if err := f.entries.ForeachKey(handler); err != nil {
		return err
	}
	return errReader
}

func checkFailingReader(t testing.TB, p propagatorPiece) {
	c := richContext()
	var list entries
	p.make().Inject(&c, &list)
	for name, from := range map[string]propagation.Reader{"at once": failing{}, "at the end": failing{list}} {
		survive(t, name, func() {
			got, err := p.make().Extract(from)
			if !errors.Is(err, propagation.ErrCorrupted) && !errors.Is(err, errReader) {
				t.Errorf("a carrier that fails %s: got %+v, error %v", name, got, err)
			}
			if !reflect.ValueOf(got).IsZero() && err != nil {
				t.Errorf("a carrier that fails %s: a context beside the error: %+v", name, got)
			}
		})
	}
}

func checkPropagatorLimits(t testing.TB, p propagatorPiece) {
	many := richContext()
	var members []model.Member
	for i := range 2_000 {
		members = append(members, model.Member{Key: fmt.Sprintf("key-%d", i), Value: strings.Repeat("v", 100)})
	}
	many.Baggage = model.NewBaggage(members...)
	huge := richContext()
	huge.Baggage = huge.Baggage.With(model.Member{Key: "huge", Value: strings.Repeat("%", 1<<20)})
	for name, c := range map[string]model.Context{"2,000 members": many, "a member of 1 MiB": huge} {
		survive(t, name, func() {
			h, list := http.Header{}, entries{}
			p.inject(&c, h, &list)
			for i, all := range []entries{entriesOf(h), list} {
				n := 0
				for _, e := range all {
					n += len(e.key) + len(e.value)
				}
				if n > maxCarried {
					t.Errorf("%s: Inject wrote %d bytes into carrier %d", name, n, i)
				}
			}
			if got, err := p.make().Extract(list); err != nil || got.SpanID != c.SpanID {
				t.Errorf("%s: the ids are lost: %v, error %v", name, got.SpanID, err)
			}
		})
	}
}
