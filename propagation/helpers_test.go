// SPDX-License-Identifier: Apache-2.0

package propagation_test

import (
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
)

// textMap is a carrier like opentracing.TextMapCarrier.
type textMap map[string]string

func (m textMap) Set(key, value string) { m[key] = value }

func (m textMap) ForeachKey(handler func(key, value string) error) error {
	for k, v := range m {
		if err := handler(k, v); err != nil {
			return err
		}
	}
	return nil
}

// pairs is a carrier with an order and with repetitions, like gRPC metadata. It
// counts how often it was gone over.
type pairs struct {
	list   [][2]string
	passes int
	visits int
	fail   error
}

func (p *pairs) Set(key, value string) { p.list = append(p.list, [2]string{key, value}) }

func (p *pairs) ForeachKey(handler func(key, value string) error) error {
	p.passes++
	for _, kv := range p.list {
		p.visits++
		if err := handler(kv[0], kv[1]); err != nil {
			return err
		}
	}
	return p.fail
}

func newJaeger(t testing.TB, kind propagation.Kind, opts ...propagation.Option) *propagation.Textual {
	t.Helper()
	p, err := propagation.Jaeger(kind, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newBinary(t testing.TB, opts ...propagation.Option) *propagation.JaegerBinary {
	t.Helper()
	p, err := propagation.Binary(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// members makes a list of "key=value" pairs, the last one the newest.
func members(kvs ...string) *model.Baggage {
	var b *model.Baggage
	for _, kv := range kvs {
		k, v, _ := strings.Cut(kv, "=")
		b = b.With(model.Member{Key: k, Value: v})
	}
	return b
}

// asMap forgets the order of baggage, which carriers do not keep.
func asMap(b *model.Baggage) map[string]string {
	m := make(map[string]string, b.Len())
	for member := range b.All() {
		m[member.Key] = member.Value
	}
	return m
}

// describe writes a context down for comparison.
func describe(c model.Context) string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "%s %s %s flags=%x state=%x", c.TraceID, c.SpanID, c.ParentID, uint8(c.Flags), uint8(c.State))
	if c.DebugID() != "" {
		fmt.Fprintf(&sb, " debug=%q", c.DebugID())
	}
	bag := asMap(c.Baggage)
	for _, k := range slices.Sorted(maps.Keys(bag)) {
		fmt.Fprintf(&sb, " %q=%q", k, bag[k])
	}
	return sb.String()
}

// checkStats compares the counters of a single format, but for the name.
func checkStats(t testing.TB, p propagation.Statser, want propagation.FormatStats) {
	t.Helper()
	got := p.Stats()
	if len(got) != 1 {
		t.Fatalf("Stats has %d entries, want 1", len(got))
	}
	want.Format, want.Alone = got[0].Format, want.Accepted
	if got[0] != want {
		t.Errorf("Stats = %+v\nwant    %+v", got[0], want)
	}
}

// allocated returns how many bytes run allocates, which begins with a new
// propagator, whose pools are empty. Other goroutines of the process are counted,
// too, hence several attempts to stay within the limit.
func allocated(limit uint64, run func()) uint64 {
	least := uint64(math.MaxUint64)
	for attempt := 0; attempt < 5 && least > limit; attempt++ {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// listMembers writes baggage down in the order of its keys, with properties.
func listMembers(b *model.Baggage) string {
	var list []string
	for m := range b.All() {
		s := m.Key + "=" + m.Value
		if m.Properties != "" {
			s += ";" + m.Properties
		}
		list = append(list, s)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}
