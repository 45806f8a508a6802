// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/conformance/hops"
	"github.com/go-spur/spur/model"
)

const (
	maxMembers = 64   // W3C Baggage, section 3.3.2
	maxBytes   = 8192 // of each format
)

// TestFullBaggageTravels sends as much baggage as there may be, 64 members that
// take 8,192 bytes in Jaeger's format and 8,192 in W3C's, from spur to spur over
// real HTTP. Every hop writes the same headers.
func TestFullBaggageTravels(t *testing.T) {
	members := fullBaggage()
	libraries := []*hops.OpenTracing{hops.NewSpur(t, true), hops.NewSpur(t, true)}
	first, last := libraries[0], libraries[1]
	route := hops.NewRoute(t, true, last)
	libraries = append(libraries, route.OpenTracing)

	h := headersOf(t, first, members)
	want, names := membersOf(t, h)
	for _, m := range members {
		if want[m.Key] != m.Value || want["properties of "+m.Key] != m.Properties {
			t.Errorf("the first service sends %s=%q;%s", m.Key, want[m.Key], want["properties of "+m.Key])
		}
	}
	if bytes := jaegerBytes(h); names != maxMembers || len(want) != maxMembers+1 || bytes != maxBytes || len(h.Get("Baggage")) != maxBytes {
		t.Fatalf("%d headers of %d bytes, %d members with properties of %d", names, bytes, len(want), len(h.Get("Baggage")))
	}
	for hop := range 4 {
		p := route.Send(t, h)
		for what, s := range map[string]hops.Seen{"the service between": p.Server, "the last service": p.Served} {
			hops.SameBaggage(t, fmt.Sprintf("hop %d, %s", hop, what), s.Texts(), values(members))
		}
		for what, sent := range map[string]http.Header{"between": p.Served.Header, "last": p.Served.Next} {
			if got, n := membersOf(t, sent); n != names || !maps.Equal(got, want) {
				t.Errorf("hop %d: the service %s sends %d headers, %d members with properties", hop, what, n, len(got))
			}
		}
		h = p.Served.Next
	}
	for i, l := range libraries {
		if n := droppedBy(l); n != 0 {
			t.Errorf("service %d left out %d members", i, n)
		}
	}
}

// TestTooMuchBaggage: one member more than there may be, or one byte. A member is
// left out whole, of both formats, and counted; and what is left travels on.
func TestTooMuchBaggage(t *testing.T) {
	oneByteMore := fullBaggage()
	oneByteMore[maxMembers-1].Value += "y"
	for _, tc := range []struct {
		name    string
		members []model.Member
		left    int
	}{
		{"a member", append(fullBaggage(), model.Member{Key: "one-more", Value: "x"}), maxMembers},
		{"a byte", oneByteMore, maxMembers - 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			first, last := hops.NewSpur(t, true), hops.NewSpur(t, true)
			h := headersOf(t, first, tc.members)
			sent, n := membersOf(t, h)
			newest := tc.members[len(tc.members)-1]
			if n != tc.left || sent[newest.Key] != newest.Value {
				t.Errorf("%d headers, not %d; the newest member is %q", n, tc.left, sent[newest.Key])
			}
			if n := droppedBy(first); n != 2 {
				t.Errorf("%d members counted as left out, not one in each of two formats", n)
			}
			route := hops.NewRoute(t, true, last)
			p := route.Send(t, h)
			want := values(tc.members)
			maps.DeleteFunc(want, func(k, _ string) bool { _, ok := sent[k]; return !ok })
			hops.SameBaggage(t, "the service between", p.Server.Texts(), want)
			hops.SameBaggage(t, "the last service", p.Served.Texts(), want)
			if n := droppedBy(route.OpenTracing) + droppedBy(last); n != 0 {
				t.Errorf("%d members left out further on", n)
			}
		})
	}
}

// fullBaggage has keys in mixed case, values with everything that is encoded, and
// one member with properties that fill up W3C's limit, which Jaeger's names, being
// longer, leave room in.
func fullBaggage() []model.Member {
	every := hops.EveryValue()
	var all []string
	for _, k := range slices.Sorted(maps.Keys(every)) {
		if len(every[k]) < 50 {
			all = append(all, every[k])
		}
	}
	members := make([]model.Member, maxMembers)
	jaeger, w3c := 0, maxMembers-1 // commas
	for i := range members {
		m := &members[i]
		m.Key, m.Value = fmt.Sprintf("Key-%02d", i), all[i%len(all)]
		jaeger += len("uberctx-") + len(m.Key) + escaped(m.Value, "+")
		w3c += len(m.Key) + len("=") + escaped(m.Value, "")
	}
	filling := strings.Repeat("x", maxBytes-jaeger)
	members[7].Value += filling
	w3c += len(filling)
	properties := "ttl=60;text=a%20b;fill="
	members[9].Properties = properties + strings.Repeat("y", maxBytes-w3c-len(";")-len(properties))
	return members
}

// escaped is the length of a value in which what W3C's list does not allow, and
// more, is percent-encoded.
func escaped(value, more string) int {
	n := len(value)
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`%",;\`+more, c) >= 0 {
			n += 2
		}
	}
	return n
}

func values(members []model.Member) map[string]string {
	m := map[string]string{}
	for _, member := range members {
		m[member.Key] = member.Value
	}
	return m
}

// headersOf starts a span that has the members, and injects it.
func headersOf(t *testing.T, l *hops.OpenTracing, members []model.Member) http.Header {
	t.Helper()
	parent := spur.NewSpanContext(model.Context{TraceID: model.TraceID{High: 1, Low: 2}, SpanID: 3, Flags: model.FlagSampled, Baggage: model.NewBaggage(members...)})
	return l.Begin(t, func(opentracing.Span) {}, opentracing.ChildOf(parent))
}

// membersOf reads the members of W3C's header, and their properties, if the two
// formats say the same and keep within the limits. n is how many headers Jaeger's
// has.
func membersOf(t *testing.T, h http.Header) (members map[string]string, n int) {
	t.Helper()
	list := h.Get("Baggage")
	members = map[string]string{}
	for member := range strings.SplitSeq(list, ",") {
		member, properties, _ := strings.Cut(member, ";")
		k, v, _ := strings.Cut(member, "=")
		v, err := url.PathUnescape(v)
		if err != nil {
			t.Error(err)
		}
		members[k] = v
		if properties != "" {
			members["properties of "+k] = properties
		}
		theirs, err := url.QueryUnescape(h.Get("Uberctx-" + k))
		if err != nil || theirs != v {
			t.Errorf("uberctx-%s is %q, baggage has %q", k, theirs, v)
		}
	}
	for name := range h {
		if strings.HasPrefix(name, "Uberctx-") {
			n++
		}
	}
	if bytes := jaegerBytes(h); len(list) > maxBytes || bytes > maxBytes {
		t.Errorf("%d members take %d bytes in Jaeger's format and %d in W3C's", n, bytes, len(list))
	}
	return members, n
}

func jaegerBytes(h http.Header) int {
	n := 0
	for name, values := range h {
		if strings.HasPrefix(name, "Uberctx-") {
			n += len(name) + len(values[0])
		}
	}
	return n
}

func droppedBy(l *hops.OpenTracing) int {
	n := 0
	for _, st := range l.Tracer.(*spur.Tracer).Stats().Propagation {
		n += int(st.BaggageDropped)
	}
	return n
}
