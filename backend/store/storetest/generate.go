// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// generator makes random traces, and searches that find some of them. Both draw
// from few words, so that most conditions hold somewhere.
type generator struct {
	*rand.Rand
	starts int               // so far; no two spans start at the same time
	last   map[uint64]uint64 // of each trace, the span added last
	partly bool              // Engine.PartlyIndexed
}

func (t *T) newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, seed)), last: map[uint64]uint64{}, partly: t.engine.PartlyIndexed}
}

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func (g *generator) service() string { return pick(g, "shop", "shop", "cart", "db", "") }
func (g *generator) name() string    { return pick(g, "GET /", "GET /{id}", "query", "red") }
func (g *generator) key() string {
	return pick(g, "color", "color", "size", "size", "http.status_code", "http.status_code", "k v", "red", "env", trace.TagEvent, trace.TagScopeName, trace.TagScopeVersion)
}

// traces adds spans to traces from to to, in random order.
func (g *generator) traces(b *batch, from, to, spans int) {
	for range spans {
		g.starts++
		start := day.Add(time.Duration(g.starts*7919%60_000) * time.Millisecond).Add(time.Duration(g.starts))
		n := uint64(from + g.IntN(to-from))
		parent := pick(g, 0, g.last[n], g.last[n], g.last[n], 1<<40)
		s := b.span(n, g.service(), g.name(), parent, start)
		g.last[n] = b.spans
		setTimes(s, start, pick(g, 0, time.Nanosecond, time.Millisecond, 10*time.Millisecond, time.Second, -time.Second, time.Minute))
		s.SetKind(ptrace.SpanKind(g.IntN(6)))
		s.Status().SetCode(ptrace.StatusCode(g.IntN(3)))
		if g.IntN(4) == 0 {
			s.Status().SetMessage(pick(g, "it went Red", "boom"))
		}
		for range g.IntN(4) {
			g.value(s.Attributes().PutEmpty(g.key()))
		}
		for range g.IntN(2) {
			e := s.Events().AppendEmpty()
			e.SetName(pick(g, "", "red", "5", "Exception red"))
			g.value(e.Attributes().PutEmpty(g.key()))
		}
		for range max(0, g.IntN(6)-3) {
			s.Links().AppendEmpty().SetTraceID(traceID(uint64(g.IntN(to + 2))))
		}
		if g.IntN(10) == 0 && !g.partly {
			s.SetFlags(trace.FlagFirehose | trace.FlagSampled)
			s.Attributes().PutStr(trace.AttributeFormat, trace.FormatJaeger)
		}
	}
	for _, rs := range b.ResourceSpans().All() {
		g.value(rs.Resource().Attributes().PutEmpty("env"))
		scope := rs.ScopeSpans().At(0).Scope()
		scope.SetName(pick(g, "", "red", "500"))
		scope.SetVersion(pick(g, "", "5", "5.0"))
		g.value(scope.Attributes().PutEmpty(g.key()))
	}
}

var generated = []any{
	"red", "Red", "", "5", "5.0", "+5", "500", "true", "a=b", "%", "üÜ", "x\"y\\z", strings.Repeat("long ", 100),
	0, 5, 500, -1, math.MaxInt64, math.MinInt64, 1<<53 + 1, 5.0, 5.5, 1e300, math.NaN(), math.Inf(-1), float64(1 << 53),
	true, false, nil, []byte("red"),
	[]byte{},
	[]any{1, "red"},
	[]any{},
	map[string]any{"red": 5},
	map[string]any{},
}

func (g *generator) value(v pcommon.Value) {
	raw := pick(g, generated...)
	if _, ok := raw.([]byte); g.partly && (ok || raw == "5.0" || raw == "+5") {
		raw = nil
	}
	if err := v.FromRaw(raw); err != nil {
		panic(err)
	}
}

// text returns what a value of a tag may read as.
func (g *generator) text() string {
	v := pcommon.NewValueEmpty()
	g.value(v)
	s := v.AsString()
	if g.IntN(4) == 0 {
		s = pick(g, "blue", "0", "5.50", "9223372036854775808", "1e2", "[1,\"red\"", "tru", "RED")
	}
	return quote(s)
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// query returns the text of a search among traces 0 to n.
func (g *generator) query(n int) string {
	var q string
	switch g.IntN(6) {
	case 0: // all
	case 1, 2, 3:
		q = g.condition(3)
	default:
		q = g.braces(2)
	}
	if g.IntN(4) == 0 {
		q += " since:" + day.Add(time.Duration(g.IntN(30))*time.Second).Format(time.RFC3339Nano)
	}
	if g.IntN(4) == 0 {
		q += " until:" + day.Add(time.Duration(30+g.IntN(30))*time.Second).Format(time.RFC3339Nano)
	}
	if g.IntN(10) == 0 {
		for range 1 + g.IntN(4) {
			q += " id:" + trace.FormatTraceID(traceID(g.Uint64N(uint64(n)+2)))
		}
	}
	return q
}

// braces returns a condition of a trace.
func (g *generator) braces(depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return pick(g, "", "", "-") + "{" + g.condition(1) + "}"
	}
	return pick(g, "", "", "-") + "(" + g.braces(depth-1) + pick(g, " ", " AND ", " OR ") + g.braces(depth-1) + ")"
}

// condition returns a condition of a span.
func (g *generator) condition(depth int) string {
	if depth == 0 || g.IntN(2) == 0 {
		return pick(g, "", "", "", "-") + g.term()
	}
	return pick(g, "", "", "", "-") + "(" + g.condition(depth-1) + pick(g, " ", " AND ", " OR ") + g.condition(depth-1) + ")"
}

func (g *generator) term() string {
	order := pick(g, "=", "!=", "<", "<=", ">", ">=")
	pattern := pick(g, "~", "!~") + quote(pick(g, "^r", "ed$", "(?i)RED", ".", "^$", `\d+`, "[5x]", "GET /.*", "^(shop|db)$"))
	duration := pick(g, "0s", "1ns", "1ms", "10ms", "1s", "500ms", "1m", "2m")
	switch g.IntN(13) {
	case 12:
		return "link:" + trace.FormatTraceID(traceID(g.Uint64N(30)))
	case 0:
		return "service" + pick(g, ":", "!=") + quote(g.service())
	case 1:
		return "op" + pick(g, ":", "!=") + quote(g.name())
	case 2:
		return pick(g, "service", "op") + pattern
	case 3:
		return "kind" + pick(g, ":", "!=") + pick(g, "unspecified", "internal", "server", "client", "producer", "consumer")
	case 4:
		return "status" + pick(g, ":", "!=") + pick(g, "unset", "ok", "error")
	case 5:
		return pick(g, "dur", "trace.dur") + order + duration
	case 6:
		return quote(pick(g, "red", "RED", "boom", "5", "exception", "Üü", "nothing", "{", "jaeger"))
	case 7:
		return "has:" + quote(pick(g, g.key(), "service.name", "none"))
	case 8:
		return quote(g.key()) + pattern
	case 9:
		return quote(g.key()) + order + pick(g, "5", "5.0", "-1", "500", "5.5", "1e300", "9223372036854775807", "9007199254740993", "-Infinity", "9223372036854775808")
	default:
		return quote(g.key()) + pick(g, "=", "!=") + g.text()
	}
}
