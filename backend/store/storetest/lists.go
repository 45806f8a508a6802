// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// testServices: services and operations are listed once, sorted.
func testServices(t *T) {
	s := t.open()
	want := map[string][]trace.Operation{}
	b := newBatch()
	n := uint64(0)
	for _, service := range append(slices.Clone(hostile), "a", "a/b", "A") {
		for _, name := range []string{"op", "", "op", "op2", service} {
			for _, kind := range []ptrace.SpanKind{ptrace.SpanKindServer, ptrace.SpanKindUnspecified} {
				n++
				b.span(n, service, name, 0, day).SetKind(kind)
				want[service] = append(want[service], trace.Operation{Name: name, Kind: kind})
			}
		}
	}
	t.write(s, b.Traces)
	var services []string
	for service, ops := range want {
		services = append(services, service)
		slices.SortFunc(ops, func(a, b trace.Operation) int {
			if c := strings.Compare(a.Name, b.Name); c != 0 {
				return c
			}
			return int(a.Kind) - int(b.Kind)
		})
		got, err := s.Operations(t.Context(), service)
		if want := slices.Compact(ops); err != nil || !slices.Equal(got, want) {
			t.Errorf("operations of %.20q: %.200q, %v; want %.200q", service, got, err, want)
		}
	}
	slices.Sort(services)
	services = slices.DeleteFunc(services, func(s string) bool { return s == "" })
	if got, err := s.Services(t.Context()); err != nil || !slices.Equal(got, services) {
		t.Errorf("services: %.400q, %v; want %.400q", got, err, services)
	}
	if got, err := s.Operations(t.Context(), "none"); err != nil || len(got) != 0 {
		t.Errorf("operations of no service: %q, %v", got, err)
	}
}

// testKeys: keys and values are listed from wherever they are.
func testKeys(t *T) {
	s := t.open()
	_, err := s.Values(t.Context(), "k", "", 10)
	if s.Caps().NoKeys && errors.Is(err, errors.ErrUnsupported) {
		_, err = s.Keys(t.Context(), "", 10)
	}
	t.needs(s.Caps().NoKeys, err)
	b := newBatch()
	for i := range 30 {
		span := b.span(uint64(i), "keys", "op", 0, day)
		span.Attributes().PutInt("span.int", int64(i))
		span.Attributes().PutStr("span.text", fmt.Sprint("v", i%3))
		span.Attributes().PutBool("span.bool", i > 20)
		span.Attributes().PutDouble("span.double", 1.5)
		span.Attributes().PutStr("%_", "a%b")
		span.Events().AppendEmpty().Attributes().PutStr("event.text", "x")
	}
	b.ResourceSpans().At(0).Resource().Attributes().PutStr("resource.text", "r")
	b.ResourceSpans().At(0).ScopeSpans().At(0).Scope().Attributes().PutStr("scope.text", "s")
	t.write(s, b.Traces)

	keys := []string{
		"%_", "event.text", "resource.text", "service.name", "span.bool", "span.double", "span.int", "span.text",
	}
	inScope := []string(nil)
	if t.kept(b.Traces).ResourceSpans().At(0).ScopeSpans().At(0).Scope().Attributes().Len() > 0 {
		inScope = []string{"s"}
		keys = slices.Insert(keys, 3, "scope.text")
	}
	service := slices.Index(keys, "service.name")
	for _, test := range []struct {
		prefix string
		limit  int
		want   []string
	}{
		{"", 100, keys},
		{"", 3, keys[:3]},
		{"s", 100, keys[3:]},
		{"span.", 2, keys[service+1 : service+3]},
		{"%", 100, keys[:1]},
		{"_", 100, nil},
		{"S", 100, nil},
		{"none", 100, nil},
		{"", 0, nil},
	} {
		if got, err := s.Keys(t.Context(), test.prefix, test.limit); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%d keys that begin with %q: %q, %v; want %q", test.limit, test.prefix, got, err, test.want)
		}
	}
	for _, test := range []struct {
		key, prefix string
		limit       int
		want        []string
	}{
		{"span.text", "", 100, []string{"v0", "v1", "v2"}},
		{"span.text", "v", 2, []string{"v0", "v1"}},
		{"span.text", "v2", 100, []string{"v2"}},
		{"span.int", "2", 3, []string{"2", "20", "21"}},
		{"span.bool", "", 100, []string{"false", "true"}},
		{"span.double", "", 100, []string{"1.5"}},
		{"%_", "a%", 100, []string{"a%b"}},
		{"%_", "a_", 100, nil},
		{"event.text", "", 100, []string{"x"}},
		{"resource.text", "", 100, []string{"r"}},
		{"scope.text", "", 100, inScope},
		{"service.name", "", 100, []string{"keys"}},
		{"none", "", 100, nil},
	} {
		if got, err := s.Values(t.Context(), test.key, test.prefix, test.limit); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%d values of %q that begin with %q: %q, %v; want %q", test.limit, test.key, test.prefix, got, err, test.want)
		}
	}
}
