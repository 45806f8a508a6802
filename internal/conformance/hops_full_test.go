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
	maxBytes   = 8192 // of all formats together
)

// TestFullBaggageTravels sends as much baggage as there may be, 64 members that take
// 8,192 bytes, from spur to spur over real HTTP. Every hop writes the same headers: in
// both formats while both fit, else in one of them, whole.
func TestFullBaggageTravels(t *testing.T) {
	for _, tc := range []struct {
		name            string
		members         []model.Member
		fillsUp         bool
		inJaeger, inW3C bool
	}{
		{"in both", fullBaggage(maxBytes, 0), true, true, true},
		{"in Jaeger's", fullBaggage(0, maxBytes), true, true, false},
		{"in W3C's, whose names are shorter", fullBaggage(0, maxBytes+1), false, false, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			libraries := []*hops.OpenTracing{hops.NewSpur(t, true), hops.NewSpur(t, true)}
			first, last := libraries[0], libraries[1]
			route := hops.NewRoute(t, true, last)
			libraries = append(libraries, route.OpenTracing)
			h := headersOf(t, first, tc.members)
			want, jaeger, w3c := membersOf(t, h)
			for _, m := range tc.members {
				if v, ok := want[m.Key]; tc.inW3C && (!ok || v != m.Value+";"+m.Properties) {
					t.Errorf("the first service sends %q, not %s=%q;%s", v, m.Key, m.Value, m.Properties)
				}
			}
			if len(want) != maxMembers || jaeger > 0 != tc.inJaeger || w3c > 0 != tc.inW3C || tc.fillsUp && jaeger+w3c != maxBytes {
				t.Fatalf("%d members, of %d bytes in Jaeger's format, %d in W3C's", len(want), jaeger, w3c)
			}
			sent := values(tc.members, tc.inW3C)
			for hop := range 4 {
				p := route.Send(t, h)
				for what, s := range map[string]hops.Seen{"the service between": p.Server, "the last service": p.Served} {
					hops.SameBaggage(t, fmt.Sprintf("hop %d, %s", hop, what), s.Texts(), sent)
				}
				for what, passed := range map[string]http.Header{"between": p.Served.Header, "last": p.Served.Next} {
					if got, n, m := membersOf(t, passed); n != jaeger || m != w3c || !maps.Equal(got, want) {
						t.Errorf("hop %d: the service %s sends %d members, %d and %d bytes", hop, what, len(got), n, m)
					}
				}
				h = p.Served.Next
			}
			for i, l := range libraries {
				if n := droppedBy(l); n%maxMembers != 0 || n > 0 == (tc.inJaeger && tc.inW3C) {
					t.Errorf("service %d left out %d members", i, n)
				}
			}
		})
	}
}

// TestTooMuchBaggage: one member more than there may be, or one byte. A member is
// left out whole, of both formats, and counted; and what is left travels on.
func TestTooMuchBaggage(t *testing.T) {
	tooLong := fullBaggage(4000, 0)
	tooLong[3].Value = strings.Repeat("\"", 2775)
	for _, tc := range []struct {
		name    string
		members []model.Member
		left    int
	}{
		{"a member", append(fullBaggage(4000, 0), model.Member{Key: "one-more", Value: "x"}), maxMembers},
		{"bytes", tooLong, maxMembers - 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			first, last := hops.NewSpur(t, true), hops.NewSpur(t, true)
			h := headersOf(t, first, tc.members)
			sent, jaeger, w3c := membersOf(t, h)
			newest := tc.members[len(tc.members)-1]
			if v, ok := sent[newest.Key]; len(sent) != tc.left || jaeger == 0 || w3c == 0 || !ok || v != newest.Value+";"+newest.Properties {
				t.Errorf("%d members, not %d, in %d and %d bytes; the newest is %q", len(sent), tc.left, jaeger, w3c, v)
			}
			if n := droppedBy(first); n != 2 {
				t.Errorf("%d members counted as left out, not one in each of two formats", n)
			}
			route := hops.NewRoute(t, true, last)
			p := route.Send(t, h)
			want := values(tc.members, true)
			maps.DeleteFunc(want, func(k, _ string) bool { _, ok := sent[k]; return !ok })
			hops.SameBaggage(t, "the service between", p.Server.Texts(), want)
			hops.SameBaggage(t, "the last service", p.Served.Texts(), want)
			if n := droppedBy(route.OpenTracing) + droppedBy(last); n != 0 {
				t.Errorf("%d members left out further on", n)
			}
		})
	}
}

// fullBaggage has keys in mixed case, values with much that is encoded, and one member
// with properties. Its size is that in Jaeger's format, or that in both.
func fullBaggage(both, jaeger int) []model.Member {
	every := hops.EveryValue()
	var all []string
	for _, k := range slices.Sorted(maps.Keys(every)) {
		if len(every[k]) < 20 {
			all = append(all, every[k])
		}
	}
	members := make([]model.Member, maxMembers)
	bytes, list := 0, maxMembers-1 // commas
	for i := range members {
		m := &members[i]
		m.Key, m.Value = fmt.Sprintf("Key-%02d", i), all[i%len(all)]
		bytes += len("uberctx-") + len(m.Key) + len(url.QueryEscape(strings.ReplaceAll(m.Value, " ", "%"))) // "%20" is as long as "%25"
		list += len(m.Key) + len("=") + escaped(m.Value)
	}
	if jaeger > 0 {
		members[7].Value += strings.Repeat("x", jaeger-bytes)
		return members
	}
	properties := "ttl=60;text=a%20b;fill="
	members[9].Properties = properties + strings.Repeat("y", (both-bytes-list)%2+100)
	list += len(";") + len(members[9].Properties)
	members[7].Value += strings.Repeat("x", (both-bytes-list)/2)
	return members
}

// escaped is the length of a value in which what W3C's list does not allow is
// percent-encoded.
func escaped(value string) int {
	n := len(value)
	for i := range len(value) {
		if c := value[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`%",;\`, c) >= 0 {
			n += 2
		}
	}
	return n
}

// values are those of members whose keys keep their case, or not.
func values(members []model.Member, keep bool) map[string]string {
	m := map[string]string{}
	for _, member := range members {
		if !keep {
			member.Key = strings.ToLower(member.Key)
		}
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

// membersOf reads the members, with ";" and properties behind their values, if the
// formats that are there say the same. It measures them.
func membersOf(t *testing.T, h http.Header) (members map[string]string, jaeger, w3c int) {
	t.Helper()
	members = map[string]string{}
	for name, v := range h {
		if key, ok := strings.CutPrefix(name, "Uberctx-"); ok {
			jaeger += len(name) + len(v[0])
			value, err := url.QueryUnescape(v[0])
			if err != nil {
				t.Error(err)
			}
			members[key] = value + ";"
		}
	}
	own, list := len(members), h.Get("Baggage")
	w3c = len(list)
	if list == "" {
		return members, jaeger, w3c
	}
	for member := range strings.SplitSeq(list, ",") {
		member, properties, _ := strings.Cut(member, ";")
		k, v, _ := strings.Cut(member, "=")
		v, err := url.PathUnescape(v)
		if theirs, ok := members[http.CanonicalHeaderKey(k)]; err != nil || own > 0 && (!ok || theirs != v+";") {
			t.Errorf("baggage has %s=%q, %v; uberctx-* %q", k, v, err, theirs)
		}
		delete(members, http.CanonicalHeaderKey(k))
		members[k] = v + ";" + properties
	}
	if own > 0 && len(members) != own || jaeger+w3c > maxBytes {
		t.Errorf("%d members, %d of them in Jaeger's format, take %d and %d bytes", len(members), own, jaeger, w3c)
	}
	return members, jaeger, w3c
}

func droppedBy(l *hops.OpenTracing) int {
	n := 0
	for _, st := range l.Tracer.(*spur.Tracer).Stats().Propagation {
		n += int(st.BaggageDropped)
	}
	return n
}
