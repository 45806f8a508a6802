// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

func TestJaegerIDSpellings(t *testing.T) {
	const corrupted = "corrupted"
	for _, tt := range []struct {
		name, header, want string
	}{
		{"jaeger-client-go", "1f94672794ce4b8d:1176e0d0ae74869a:1f94672794ce4b8d:1", "1f94672794ce4b8d 1176e0d0ae74869a 1f94672794ce4b8d flags=1 state=2"},
		{"jaeger-client-go root", "1f94672794ce4b8d:1f94672794ce4b8d:0000000000000000:0", "1f94672794ce4b8d 1f94672794ce4b8d 0000000000000000 flags=0 state=2"},
		{"jaeger-client-go 128 bits", "00000000000000ab1f94672794ce4b8d:1f94672794ce4b8d:0000000000000000:3", "00000000000000ab1f94672794ce4b8d 1f94672794ce4b8d 0000000000000000 flags=3 state=2"},
		{"OpenTelemetry JS", "00000000000000001f94672794ce4b8d:9d29489eac885987:0:01", "1f94672794ce4b8d 9d29489eac885987 0000000000000000 flags=1 state=2"},
		{"no parent, as one digit", "463ac35c9f6413ad48485a3953bb6124:a2fb4a1d1a96d312:0:1", "463ac35c9f6413ad48485a3953bb6124 a2fb4a1d1a96d312 0000000000000000 flags=1 state=2"},
		{"Node jaeger-client drops zeros", "c3d10e6635a02:c3d10e6635a02:0:1", "000c3d10e6635a02 000c3d10e6635a02 0000000000000000 flags=1 state=2"},
		{"one digit each", "1:2:3:4", "0000000000000001 0000000000000002 0000000000000003 flags=4 state=2"},
		{"seventeen digits", "10000000000000002:2:0:1", "00000000000000010000000000000002 0000000000000002 0000000000000000 flags=1 state=2"},
		{"upper case", "ABCDEF:ABC:DEF:F", "0000000000abcdef 0000000000000abc 0000000000000def flags=f state=2"},
		{"encoded", "1f94672794ce4b8d%3A1176e0d0ae74869a%3A0%3A1", "1f94672794ce4b8d 1176e0d0ae74869a 0000000000000000 flags=1 state=2"},
		{"encoded in lower case", "1%3a2%3a3%3a1", "0000000000000001 0000000000000002 0000000000000003 flags=1 state=2"},
		{"garbage parent", "1:2:-7:1", "0000000000000001 0000000000000002 0000000000000000 flags=1 state=2"},
		{"no parent", "1:2::1", "0000000000000001 0000000000000002 0000000000000000 flags=1 state=2"},
		{"oversized parent", "1:2:12345678123456781:1", "0000000000000001 0000000000000002 0000000000000000 flags=1 state=2"},
		{"flags of sampled, debug, firehose", "1:2:3:b", "0000000000000001 0000000000000002 0000000000000003 flags=b state=2"},
		{"flags ff", "1:2:3:ff", "0000000000000001 0000000000000002 0000000000000003 flags=ff state=2"},
		{"flags of five digits", "1:2:3:00001", "0000000000000001 0000000000000002 0000000000000003 flags=1 state=2"},
		{"flags of many digits", "1:2:3:" + strings.Repeat("0", 100) + "3", "0000000000000001 0000000000000002 0000000000000003 flags=3 state=2"},
		{"flags of zeros", "1:2:3:0000", "0000000000000001 0000000000000002 0000000000000003 flags=0 state=2"},

		{"empty", "", corrupted},
		{"three parts", "1:2:1", corrupted},
		{"five parts", "1:2:3:1:1", corrupted},
		{"colons", ":::", corrupted},
		{"no trace id", ":2:3:1", corrupted},
		{"33 digits", "123456781234567812345678123456781:2:3:1", corrupted},
		{"trace id with sign", "-1:2:3:1", corrupted},
		{"trace id with 0x", "0x1:2:3:1", corrupted},
		{"span id of 17 digits", "1:12345678123456781:3:1", corrupted},
		{"span id with a space", "1: 2:3:1", corrupted},
		{"no flags", "1:2:3:", corrupted},
		{"negative flags", "1:2:3:-1", corrupted},
		{"flags beyond a byte", "1:2:3:100", corrupted},
		{"flags beyond a byte behind zeros", "1:2:3:00000101", corrupted},
		{"flags beyond a word", "1:2:3:10000000000000001", corrupted},
		{"flags with a space", "1:2:3: 1", corrupted},
		{"zero trace id", "0:2:3:1", corrupted},
		{"zero span id", "1:0:3:1", corrupted},
		{"all zero, as jaeger-client-go without a trace", "0000000000000000:0000000000000000:0000000000000000:0", corrupted},
		{"encoded and cut off", "1%3A2%3A3%3", corrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newJaeger(t, propagation.HTTP)
			for carrier, from := range map[string]propagation.Reader{
				"Header":           propagation.Header{"Uber-Trace-Id": {tt.header}},
				"Header, repeated": propagation.Header{"Uber-Trace-Id": {"7:7:7:7", tt.header}},
				"Header, lower":    propagation.Header{"uber-trace-id": {tt.header}},
				"foreign carrier":  textMap{"uBer-tracE-id": tt.header},
				"foreign repeated": &pairs{list: [][2]string{{"uber-trace-id", "junk"}, {"Uber-Trace-Id", tt.header}}},
			} {
				c, err := p.Extract(from)
				if tt.want == corrupted {
					if !errors.Is(err, propagation.ErrCorrupted) {
						t.Errorf("%s: %s, error %v; want ErrCorrupted", carrier, describe(c), err)
					}
					if !reflect.DeepEqual(c, model.Context{}) {
						t.Errorf("%s: context beside an error: %s", carrier, describe(c))
					}
					continue
				}
				if got := describe(c); err != nil || got != tt.want {
					t.Errorf("%s: %s, %v; want %s", carrier, got, err, tt.want)
				}
			}
			want := propagation.FormatStats{Seen: 5, Accepted: 5}
			if tt.want == corrupted {
				want = propagation.FormatStats{Seen: 5, Rejected: 5}
			}
			checkStats(t, p, want)
		})
	}
}

// The flags that jaeger-client-go can set are one hexadecimal digit. It writes
// them so, but reads decimal: it refuses its own "a" to "f".
func TestJaegerFlagsGolden(t *testing.T) {
	golden := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"}
	for _, kind := range []propagation.Kind{propagation.HTTP, propagation.Text} {
		p := newJaeger(t, kind)
		for flags, digit := range golden {
			c := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 3, Flags: model.Flags(flags)}
			to := textMap{}
			p.Inject(&c, to)
			want := "0000000000000001:0000000000000002:0000000000000003:" + digit
			if to["uber-trace-id"] != want {
				t.Errorf("flags %d written as %q, want %q", flags, to["uber-trace-id"], want)
			}
			back, err := p.Extract(to)
			if err != nil || back.Flags != c.Flags {
				t.Errorf("flags %q read as %x, %v", digit, back.Flags, err)
			}
		}
	}
}

func TestJaegerExtractWithoutIDs(t *testing.T) {
	zero := [2]string{"uber-trace-id", "0000000000000000:0000000000000000:0000000000000000:0"}
	for _, tt := range []struct {
		name    string
		carrier [][2]string
		want    string // of HTTP; "" for ErrCorrupted
	}{
		{"debug id", [][2]string{{"jaeger-debug-id", "ticket+7%21"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="ticket 7!"`},
		{"debug id, undecodable", [][2]string{{"Jaeger-Debug-Id", "100%+"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="100%+"`},
		{"debug id and baggage", [][2]string{{"uberctx-k", "v"}, {"jaeger-debug-id", "d"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="d" "k"="v"`},
		{"debug id and ids", [][2]string{{"uber-trace-id", "1:2:3:1"}, {"jaeger-debug-id", "d"}}, `0000000000000001 0000000000000002 0000000000000003 flags=1 state=2`},
		{"zero ids and debug id", [][2]string{zero, {"jaeger-debug-id", "d"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 debug="d"`},
		{"zero ids and baggage", [][2]string{zero, {"uberctx-k", "v"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`},
		{"zero trace id, other span id and flags", [][2]string{{"uber-trace-id", "0:7:7:3"}, {"uberctx-k", "v"}}, `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`},
		{"zero ids and bad baggage", [][2]string{zero, {"uberctx-", "v"}}, ""},
		{"zero ids and empty debug id", [][2]string{zero, {"jaeger-debug-id", ""}}, ""},
		{"zero span id and baggage", [][2]string{{"uber-trace-id", "1:0:0:1"}, {"uberctx-k", "v"}}, ""},
		{"garbage and baggage", [][2]string{{"uber-trace-id", "garbage"}, {"uberctx-k", "v"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := propagation.Header{}
			for _, kv := range tt.carrier {
				http.Header(h).Add(kv[0], kv[1])
			}
			for what, from := range map[string]propagation.Reader{"Header": h, "foreign": &pairs{list: tt.carrier}} {
				c, err := newJaeger(t, propagation.HTTP).Extract(from)
				if tt.want == "" {
					if !errors.Is(err, propagation.ErrCorrupted) {
						t.Errorf("%s: %s, %v; want ErrCorrupted", what, describe(c), err)
					}
				} else if got := describe(c); err != nil || got != tt.want {
					t.Errorf("%s: %s, %v\nwant %s", what, got, err, tt.want)
				}
			}
		})
	}
}

func TestJaegerDebugIDIsCut(t *testing.T) {
	for _, tt := range []struct {
		name, header string
		want         string
	}{
		{"fits", strings.Repeat("x", 128), strings.Repeat("x", 128)},
		{"long", strings.Repeat("x", 129), strings.Repeat("x", 128)},
		{"megabyte", strings.Repeat("x", 1<<20), strings.Repeat("x", 128)}, // jaeger-client-go keeps it all
		{"inside a rune", strings.Repeat("x", 127) + "éé", strings.Repeat("x", 127)},
		{"after a rune", strings.Repeat("x", 126) + "éé", strings.Repeat("x", 126) + "é"},
		{"encoded", strings.Repeat("%C3%A9", 1000), strings.Repeat("é", 64)},
		{"encoded, odd", "x" + strings.Repeat("%C3%A9", 1000), "x" + strings.Repeat("é", 63)},
		{"encoded, odd twice", "xy" + strings.Repeat("%C3%A9", 1000), "xy" + strings.Repeat("é", 63)},
		{"encoded, not too long", strings.Repeat("%C3%A9", 64), strings.Repeat("é", 64)},
		{"not UTF-8", strings.Repeat("\x80", 1000), strings.Repeat("\x80", 128)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := newJaeger(t, propagation.HTTP).Extract(propagation.Header{"Jaeger-Debug-Id": {tt.header}})
			if err != nil || c.DebugID() != tt.want {
				t.Errorf("%d bytes %q, %v; want %d", len(c.DebugID()), c.DebugID(), err, len(tt.want))
			}
		})
	}
}

func TestJaegerCanonicalSpellingWins(t *testing.T) {
	p := newJaeger(t, propagation.HTTP)
	h := propagation.Header{"Uber-Trace-Id": {"1:1:0:1"}, "uber-trace-id": {"garbage"}, "UBER-TRACE-ID": {"2:2:0:1"}, "Uberctx-K": {"v"}}
	for range 20 { // a map has another order each time
		c, err := p.Extract(h)
		if err != nil || c.TraceID.Low != 1 || c.Baggage.Len() != 1 {
			t.Fatalf("%s, %v", describe(c), err)
		}
	}
}

func TestJaegerCarrierError(t *testing.T) {
	broken := errors.New("connection reset")
	p := newJaeger(t, propagation.Text)
	c, err := p.Extract(&pairs{list: [][2]string{{"uber-trace-id", "1:2:3:1"}, {"uberctx-k", "v"}}, fail: broken})
	if !errors.Is(err, propagation.ErrCorrupted) || !errors.Is(err, broken) {
		t.Errorf("error %v, want both ErrCorrupted and the carrier's", err)
	}
	if !reflect.DeepEqual(c, model.Context{}) {
		t.Errorf("context beside an error: %s", describe(c))
	}
	checkStats(t, p, propagation.FormatStats{Seen: 1, Rejected: 1})
}

func TestJaegerErrorsAreShort(t *testing.T) {
	p := newJaeger(t, propagation.HTTP)
	for _, header := range []string{strings.Repeat("1", 4000), strings.Repeat("Z", 1000) + ":1:1:1", strings.Repeat("x", 1<<20), "1:2:3:" + strings.Repeat("é", 1000)} {
		_, err := p.Extract(propagation.Header{"Uber-Trace-Id": {header}})
		if err == nil || len(err.Error()) > 200 || !strings.Contains(err.Error(), "uber-trace-id") {
			t.Errorf("error %v", err)
		}
	}
}
