// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// frame builds the binary format field by field. A member is any number of
// strings with the length they claim.
func frame(high, low, span, parent uint64, flags byte, n int32, parts ...any) []byte {
	var b []byte
	for _, v := range []uint64{high, low, span, parent} {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	b = binary.BigEndian.AppendUint32(append(b, flags), uint32(n))
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(part))), part...)
		case int32:
			b = binary.BigEndian.AppendUint32(b, uint32(part))
		}
	}
	return b
}

func TestBinaryGolden(t *testing.T) {
	c := model.Context{
		TraceID: model.TraceID{High: 0x0102030405060708, Low: 0x090a0b0c0d0e0f10}, SpanID: 0x1112131415161718, ParentID: 0x191a1b1c1d1e1f20,
		Flags: 0x0b, Baggage: members("Kéy=", "k= %\n"),
	}
	const want = "0102030405060708" + "090a0b0c0d0e0f10" + "1112131415161718" + "191a1b1c1d1e1f20" + "0b" +
		"00000002" + "00000001" + "6b" + "00000003" + "20250a" + "00000004" + "4bc3a979" + "00000000"
	p := newBinary(t)
	got := p.AppendBinary([]byte("before"), &c)
	if hex.EncodeToString(got) != hex.EncodeToString([]byte("before"))+want {
		t.Fatalf("%x", got)
	}
	b := append(got[6:], "trailing rest"...)
	back, err := p.ParseBinary(b)
	clear(b) // nothing of it may have been kept
	if err != nil {
		t.Fatal(err)
	}
	c.State = model.StateRemote
	if describe(back) != describe(c) {
		t.Errorf("%s\nwant %s", describe(back), describe(c))
	}
	checkStats(t, p, propagation.FormatStats{Seen: 1, Accepted: 1, Injected: 1})
}

func TestBinaryParse(t *testing.T) {
	const corrupted = "corrupted"
	valid := frame(1, 2, 3, 4, 1, 1, "k", "v")
	for _, tt := range []struct {
		name    string
		b       []byte
		want    string
		dropped uint64
	}{
		{"ids", frame(0, 2, 3, 4, 0xff, 0), "0000000000000002 0000000000000003 0000000000000004 flags=ff state=2", 0},
		{"high half alone", frame(1, 0, 3, 0, 0, 0), "00000000000000010000000000000000 0000000000000003 0000000000000000 flags=0 state=2", 0},
		{"baggage", valid, `00000000000000010000000000000002 0000000000000003 0000000000000004 flags=1 state=2 "k"="v"`, 0},
		{"baggage alone", frame(0, 0, 0, 0, 0, 1, "k", "v"), `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`, 0},
		{"baggage and half an id", frame(0, 0, 7, 7, 3, 1, "k", "v"), `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"="v"`, 0},
		{"equal keys", frame(0, 0, 0, 0, 0, 3, "k", "1", "K", "2", "k", "3"), `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "K"="2" "k"="3"`, 0},
		{"empty value", frame(0, 0, 0, 0, 0, 1, "k", ""), `0000000000000000 0000000000000000 0000000000000000 flags=0 state=2 "k"=""`, 0},
		{"empty key", frame(0, 1, 1, 0, 0, 2, "", "x", "k", "v"), `0000000000000001 0000000000000001 0000000000000000 flags=0 state=2 "k"="v"`, 1},
		{"too large a member", frame(0, 1, 1, 0, 0, 2, "big", strings.Repeat("v", 8190), "k", "v"), `0000000000000001 0000000000000001 0000000000000000 flags=0 state=2 "k"="v"`, 1},
		{"members beyond the limits", frame(0, 1, 1, 0, 0, 3, "a", strings.Repeat("v", 8190), "k", "v", "", ""), `0000000000000001 0000000000000001 0000000000000000 flags=0 state=2 "a"="` + strings.Repeat("v", 8190) + `"`, 2},

		{"empty", nil, corrupted, 0},
		{"ids without a number", valid[:33], corrupted, 0},
		{"zero", make([]byte, 37), corrupted, 0},
		{"zero, baggage without a key", frame(0, 0, 0, 0, 0, 1, "", "v"), corrupted, 1},
		{"zero trace id", frame(0, 0, 3, 4, 1, 0), corrupted, 0},
		{"zero span id", frame(1, 2, 0, 4, 1, 1, "k", "v"), corrupted, 0},
		{"negative number", frame(1, 2, 3, 4, 1, -1), corrupted, 0}, // jaeger-client-go accepts it
		{"most negative number", frame(1, 2, 3, 4, 1, math.MinInt32), corrupted, 0},
		{"too great a number", frame(1, 2, 3, 4, 1, math.MaxInt32, "k", "v"), corrupted, 0},
		{"negative length of a key", frame(1, 2, 3, 4, 1, 1, int32(-1)), corrupted, 0},                                          // jaeger-client-go panics
		{"negative length of a value", frame(1, 2, 3, 4, 1, 1, "k", int32(-1)), corrupted, 0},                                   // jaeger-client-go panics
		{"2 GiB from 41 bytes", frame(1, 2, 3, 4, 1, 1, int32(math.MaxInt32)), corrupted, 0},                                    // jaeger-client-go allocates them
		{"lengths whose sum overflows", frame(1, 2, 3, 4, 1, 1, int32(math.MaxInt32), int32(math.MaxInt32), "k"), corrupted, 0}, // passes jaeger-client-go's check
	} {
		t.Run(tt.name, func(t *testing.T) {
			limit := uint64(16<<10 + 2*len(tt.b))
			var (
				p   *propagation.JaegerBinary
				c   model.Context
				err error
			)
			got := allocated(limit, func() {
				p = newBinary(t)
				c, err = p.ParseBinary(tt.b)
			})
			if !race.Enabled && got > limit {
				t.Errorf("%d bytes allocated for %d", got, len(tt.b))
			}
			want := propagation.FormatStats{Seen: 1, Accepted: 1, BaggageDropped: tt.dropped}
			if tt.want == corrupted {
				want.Accepted, want.Rejected = 0, 1
				if !errors.Is(err, propagation.ErrCorrupted) || !reflect.DeepEqual(c, model.Context{}) {
					t.Errorf("%s, %v; want ErrCorrupted", describe(c), err)
				}
			} else if err != nil || describe(c) != tt.want {
				t.Errorf("%s, %v\nwant %s", describe(c), err, tt.want)
			}
			checkStats(t, p, want)
		})
	}
	p := newBinary(t)
	for n := range valid {
		if c, err := p.ParseBinary(valid[:n]); !errors.Is(err, propagation.ErrCorrupted) {
			t.Errorf("cut off after %d bytes: %s, %v", n, describe(c), err)
		}
	}
}

func TestBinaryAppend(t *testing.T) {
	ids := model.Context{TraceID: model.TraceID{Low: 1}, SpanID: 2, ParentID: 3, Flags: 0xb}
	deferred := ids
	deferred.State = model.StateDeferred
	for _, tt := range []struct {
		name    string
		c       model.Context
		limits  propagation.Limits
		want    []byte
		dropped uint64
	}{
		{"undecided", deferred, propagation.Limits{}, frame(0, 1, 2, 3, 8, 0), 0},
		{"nothing", model.Context{ParentID: 4, Flags: 3}, propagation.Limits{}, make([]byte, 37), 0},
		{"a trace id without a span id", model.Context{TraceID: model.TraceID{Low: 1}, Flags: 1}, propagation.Limits{}, make([]byte, 37), 0},
		{"newest first", model.Context{Baggage: members("a=1", "b=2", "c=3")}, propagation.Limits{BaggageMembers: 2}, frame(0, 0, 0, 0, 0, 2, "c", "3", "b", "2"), 1},
		{"bytes", model.Context{Baggage: members("a=1", "b=234", "c=5")}, propagation.Limits{BaggageBytes: 5}, frame(0, 0, 0, 0, 0, 2, "c", "5", "a", "1"), 1},
		{"no key", model.Context{Baggage: members("=1")}, propagation.Limits{}, make([]byte, 37), 1},
		{"more than jaeger-client-go reads", model.Context{Baggage: members("a="+strings.Repeat("v", 4096), "b="+strings.Repeat("v", 4095))}, propagation.Limits{}, frame(0, 0, 0, 0, 0, 1, "b", strings.Repeat("v", 4095)), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newBinary(t, propagation.WithLimits(tt.limits))
			if got := p.AppendBinary(nil, &tt.c); string(got) != string(tt.want) {
				t.Errorf("%x\nwant %x", got, tt.want)
			}
			if got := p.Stats()[0].BaggageDropped; got != tt.dropped {
				t.Errorf("%d dropped, want %d", got, tt.dropped)
			}
		})
	}

	p := newBinary(t, propagation.WithLimits(propagation.Limits{BaggageMembers: 1000}))
	all := model.Context{Baggage: members(numberedAll("%d=", 200)...)}
	if got := binary.BigEndian.Uint32(p.AppendBinary(nil, &all)[33:]); got != 180 {
		t.Errorf("%d members written; jaeger-client-go reads 180 at most", got)
	}
	checkStats(t, p, propagation.FormatStats{Injected: 1, BaggageDropped: 20})
}
