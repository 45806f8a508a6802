// SPDX-License-Identifier: Apache-2.0

package collect_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/trace"
)

// rawFake is a fake that takes encoded spans, too.
type rawFake struct {
	fake
	spans []trace.Encoded
	fails int // times WriteEncoded fails
}

func (f *rawFake) WriteEncoded(_ context.Context, spans []trace.Encoded) error {
	if f.fails > 0 {
		f.fails--
		return errors.New("no such device")
	}
	f.spans = append(f.spans, spans...)
	return nil
}

// takeEncoded hands b, a request, to a Collector and returns what is stored.
func takeEncoded(t *testing.T, config collect.Config, b []byte) (stored []trace.Encoded, taken bool) {
	t.Helper()
	encoded, err := trace.Cut(b)
	if err != nil {
		return nil, false
	}
	s := new(rawFake)
	c := collect.New(config, s, nil, quiet)
	taken, err = c.TakeEncoded(t.Context(), encoded, udp)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := trace.Books{}
	if taken {
		want = trace.Books{Received: int64(len(encoded)), Stored: int64(len(encoded))}
	}
	balance(t, c, want)
	return s.spans, taken
}

func marshal(t testing.TB, td ptrace.Traces) []byte {
	t.Helper()
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTakeEncoded: spans are taken as they came when there is nothing to mend.
func TestTakeEncoded(t *testing.T) {
	for name, test := range map[string]struct {
		config collect.Config
		change func(rs ptrace.ResourceSpans, s ptrace.Span)
		taken  bool
	}{
		"good": {change: func(ptrace.ResourceSpans, ptrace.Span) {}, taken: true},
		"everything": {taken: true, change: func(rs ptrace.ResourceSpans, s ptrace.Span) {
			rs.SetSchemaUrl("https://example.org")
			rs.Resource().Attributes().PutEmptySlice("process.command_args").AppendEmpty().SetStr("a")
			rs.ScopeSpans().At(0).Scope().SetName("scope")
			s.SetParentSpanID(pcommon.SpanID{1})
			s.SetFlags(0x301)
			s.SetKind(ptrace.SpanKindClient)
			s.TraceState().FromRaw("a=b")
			s.Status().SetCode(ptrace.StatusCodeError)
			s.Status().SetMessage("no")
			s.SetDroppedAttributesCount(1)
			s.Attributes().PutDouble("d", 1.5)
			s.Attributes().PutBool("b", false)
			s.Attributes().PutEmptyBytes("raw").FromRaw([]byte{0xff})
			nest(s.Attributes().PutEmptySlice("l"), 30)
			s.Attributes().PutEmptyMap("m").PutEmptyMap("n").PutEmpty("nothing")
			s.Events().AppendEmpty().Attributes().PutInt("n", 1)
			s.Links().AppendEmpty().Attributes().PutInt("n", 1)
		}},
		"name":          {change: func(_ ptrace.ResourceSpans, s ptrace.Span) { s.SetName("") }},
		"end":           {change: func(_ ptrace.ResourceSpans, s ptrace.Span) { s.SetEndTimestamp(999) }},
		"text":          {change: func(_ ptrace.ResourceSpans, s ptrace.Span) { s.Events().AppendEmpty().SetName("\xff") }},
		"deep":          {change: func(_ ptrace.ResourceSpans, s ptrace.Span) { nest(s.Attributes().PutEmptySlice("l"), 33) }},
		"service":       {change: func(rs ptrace.ResourceSpans, _ ptrace.Span) { rs.Resource().Attributes().Clear() }},
		"resource text": {change: func(rs ptrace.ResourceSpans, _ ptrace.Span) { rs.SetSchemaUrl("\xff") }},
		"scope text":    {change: func(rs ptrace.ResourceSpans, _ ptrace.Span) { rs.ScopeSpans().At(0).Scope().SetName("\xff") }},
		"span id":       {change: func(_ ptrace.ResourceSpans, s ptrace.Span) { s.SetSpanID(pcommon.SpanID{}) }},
		"large": {config: collect.Config{MaxSpanBytes: 1000}, change: func(_ ptrace.ResourceSpans, s ptrace.Span) {
			s.Attributes().PutEmptyBytes("b").FromRaw(make([]byte, 900))
		}},
		"empty links": {config: collect.Config{MaxSpanBytes: 1000}, change: func(_ ptrace.ResourceSpans, s ptrace.Span) {
			for range 300 {
				s.Links().AppendEmpty()
			}
		}},
		"tags": {config: collect.Config{Tags: map[string]string{"a": "b"}}, change: func(ptrace.ResourceSpans, ptrace.Span) {}},
	} {
		t.Run(name, func(t *testing.T) {
			td := traces(3)
			rs := td.ResourceSpans().At(0)
			test.change(rs, rs.ScopeSpans().At(0).Spans().At(1))
			stored, taken := takeEncoded(t, test.config, marshal(t, td))
			if taken != test.taken || taken != (len(stored) == 3) {
				t.Errorf("taken: %t, with %d spans", taken, len(stored))
			}
		})
	}
}

// TestTakeEncodedStrange: what OTLP of today has not, or has once, is not taken as it
// came.
func TestTakeEncodedStrange(t *testing.T) {
	field := func(num protowire.Number, m ...byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), m)
	}
	varint := func(num protowire.Number) []byte {
		return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), 1)
	}
	attribute := func(value ...byte) []byte { return field(9, append(field(1, 'k'), field(2, value...)...)...) }
	group := func(depth int) (b []byte) {
		b = bytes.Repeat(protowire.AppendTag(nil, 9, protowire.StartGroupType), depth)
		return append(b, bytes.Repeat(protowire.AppendTag(nil, 9, protowire.EndGroupType), depth)...)
	}
	good := [][]byte{{}, varint(6), varint(10), field(3), attribute(), attribute(varint(3)...), append(attribute(), attribute()...), field(11), field(13)}
	strange := [][]byte{
		varint(17), field(100, 'x'), varint(1000), // unknown
		field(5, 'n'), field(1, make([]byte, 16)...), field(15), // they are there already
		varint(16), varint(9), field(6), field(8, make([]byte, 8)...), // of another type
		group(1), group(2), group(20_000), protowire.AppendTag(nil, 9, protowire.EndGroupType),
		protowire.AppendVarint([]byte{0x4a}, 1<<63),
		{0x4a, 0x05, 'x'},
		{0x80},
		{0x50, 0x80},
		{0x02, 0x00}, // cut off, or no field
		field(9, append(field(1, 'k'), field(1, 'k')...)...), field(9, append(field(2), field(2)...)...), field(9, varint(3)...),
		attribute(append(field(1, 'a'), varint(3)...)...), attribute(varint(1)...), attribute(varint(8)...), attribute(field(5, field(2)...)...), attribute(field(6, field(1, varint(9)...)...)...),
		field(11, append(field(2, 'e'), field(2, 'e')...)...), field(11, varint(1)...), field(13, field(1, 1, 2)...), field(13, field(2, make([]byte, 9)...)...),
		field(4, 1), field(3, 0xff), attribute(field(1, 0xff)...), field(9, field(1, 0xff)...),
	}
	for want, list := range map[bool][][]byte{true: good, false: strange} {
		for _, more := range list {
			encoded, err := trace.Cut(marshal(t, traces(1)))
			if err != nil {
				t.Fatal(err)
			}
			encoded[0].Span = append(bytes.Clone(encoded[0].Span), more...)
			c := collect.New(collect.Config{}, new(rawFake), nil, quiet)
			if taken, err := c.TakeEncoded(t.Context(), encoded, udp); taken != want || err != nil {
				t.Errorf("with %.40x: %t, %v", more, taken, err)
			}
			if err := c.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, around := range [][]byte{field(2), field(1000), varint(1), append(field(1), field(1)...), field(3, 0xff), group(1), {0x0a, 0x05}} {
		encoded, err := trace.Cut(marshal(t, traces(1)))
		if err != nil {
			t.Fatal(err)
		}
		inScope := encoded[0]
		inScope.Scope = append(bytes.Clone(inScope.Scope), around...)
		encoded[0].Resource = append(bytes.Clone(encoded[0].Resource), around...)
		c := collect.New(collect.Config{}, new(rawFake), nil, quiet)
		for _, e := range []trace.Encoded{inScope, encoded[0]} {
			if taken, err := c.TakeEncoded(t.Context(), []trace.Encoded{e}, udp); taken || err != nil {
				t.Errorf("with %.40x around: %t, %v", around, taken, err)
			}
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTakeEncodedBusy: a full queue refuses, and a store that takes no bytes gets
// none.
func TestTakeEncodedBusy(t *testing.T) {
	encoded, err := trace.Cut(marshal(t, traces(3)))
	if err != nil {
		t.Fatal(err)
	}
	c := collect.New(collect.Config{}, new(fake), nil, quiet)
	if taken, err := c.TakeEncoded(t.Context(), encoded, udp); taken || err != nil {
		t.Errorf("a store without WriteEncoded: %t, %v", taken, err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c = collect.New(collect.Config{}, new(rawFake), nil, quiet)
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if taken, err := c.TakeEncoded(t.Context(), encoded, udp); taken || !errors.Is(err, trace.ErrBusy) {
		t.Errorf("closed: %t, %v", taken, err)
	}
	balance(t, c, trace.Books{Received: 3, Refused: map[trace.Reason]int64{trace.ReasonShutdown: 3}})
}

// TestTakeEncodedEqual: resources that are only equal take memory of their own.
func TestTakeEncodedEqual(t *testing.T) {
	td := traces(1)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("k", strings.Repeat("x", 10_000))
	for range 9 {
		td.ResourceSpans().At(0).CopyTo(td.ResourceSpans().AppendEmpty())
	}
	encoded, err := trace.Cut(marshal(t, td))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		c := collect.New(collect.Config{QueueBytes: 150_000}, new(rawFake), nil, quiet)
		defer func() { _ = c.Close(context.Background()) }()
		take(t, c, traces(1))
		if taken, err := c.TakeEncoded(t.Context(), encoded, udp); taken || !errors.Is(err, trace.ErrBusy) {
			t.Errorf("%t, %v", taken, err)
		}
	})
}

// TestScopes: of a large resource with very many scopes, each of which an engine
// would keep with it, no more are taken than fit, whichever way they come.
func TestScopes(t *testing.T) {
	const scopes = 3000
	td := traces(1)
	rs := td.ResourceSpans().At(0)
	rs.Resource().Attributes().PutStr("k", strings.Repeat("x", 100_000))
	for i := range scopes - 1 {
		ss := rs.ScopeSpans().AppendEmpty()
		rs.ScopeSpans().At(0).CopyTo(ss)
		ss.Scope().SetName(strconv.Itoa(i))
	}
	if _, taken := takeEncoded(t, collect.Config{}, marshal(t, td)); taken {
		t.Error("taken as they came")
	}
	if _, refused, _ := through(t, collect.Config{}, td); len(refused) != 1 || refused[0].Reason != trace.ReasonTooLarge || refused[0].Count < scopes/2 || refused[0].Count > scopes*9/10 {
		t.Errorf("refused: %v", refused)
	}
}

// TestTakeEncodedFails: the spans of one batch that the store takes are stored, the
// others are not, and each is booked once.
func TestTakeEncodedFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		encoded, err := trace.Cut(marshal(t, traces(3)))
		if err != nil {
			t.Fatal(err)
		}
		s := &rawFake{fails: 2, fake: fake{write: func(context.Context, ptrace.Traces) error { panic("index out of range") }}}
		c := collect.New(collect.Config{}, s, nil, quiet)
		if taken, err := c.TakeEncoded(t.Context(), encoded, udp); !taken || err != nil {
			t.Fatal(taken, err)
		}
		take(t, c, traces(2))
		if err := c.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		balance(t, c, trace.Books{Received: 5, Stored: 3, Refused: map[trace.Reason]int64{trace.ReasonStore: 2}})
		if len(s.spans) != 3 {
			t.Errorf("%d spans are stored", len(s.spans))
		}
	})
}

// FuzzTakeEncoded: what is taken as it came is what would be stored if it were
// decoded.
func FuzzTakeEncoded(f *testing.F) {
	files, err := filepath.Glob("../testdata/otlp/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds: ", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	td := traces(2)
	s := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	s.Attributes().PutEmptyMap("m").PutEmptySlice("l").AppendEmpty().SetDouble(1)
	s.Links().AppendEmpty().TraceState().FromRaw("a=b")
	s.Events().AppendEmpty().SetName("e")
	f.Add(marshal(f, td))
	f.Fuzz(func(t *testing.T, b []byte) {
		spans, taken := takeEncoded(t, collect.Config{}, b)
		if !taken {
			return
		}
		encoded, err := trace.Decode(spans)
		if err != nil {
			t.Fatal("taken, but cannot be decoded: ", err)
		}
		td, err := new(ptrace.ProtoUnmarshaler).UnmarshalTraces(b)
		if err != nil {
			t.Fatal("taken, but cannot be decoded: ", err)
		}
		decoded, refused, books := through(t, collect.Config{}, td)
		if len(refused) > 0 || books.Mended > 0 || books.Stored != int64(len(spans)) {
			t.Errorf("taken, but %v are refused, %d mended, %d stored", refused, books.Mended, books.Stored)
		}
		again, err := trace.Encode(decoded)
		if err != nil {
			t.Fatal(err)
		}
		want, err := trace.Decode(again) // those of equal resources and scopes together
		if err != nil {
			t.Fatal(err)
		}
		if got := marshal(t, encoded); !bytes.Equal(got, marshal(t, want)) {
			t.Errorf("stored %x", got)
		}
	})
}
