// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	idl "github.com/jaegertracing/jaeger-idl/thrift-gen/jaeger"
	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/transport"
)

// brand is who makes tracers: jaeger-client-go or spur.
type brand struct {
	name string
	make func(t testing.TB, addr, service string, sample bool) member
}

// member is one tracer among the services of a test.
type member struct {
	opentracing.Tracer
	finished func() int // sampled spans that have reached the reporter
	close    func()
}

var (
	brandJ    = brand{"J", newJMember}
	brandSpur = brand{"spur", newSpurMember}
)

func newJMember(t testing.TB, addr, service string, sample bool) member {
	t.Helper()
	udp, err := jaeger.NewUDPTransport(addr, 0)
	if err != nil {
		t.Fatal(err)
	}
	count := &jCount{}
	r := jaeger.NewCompositeReporter(jaeger.NewRemoteReporter(udp, jaeger.ReporterOptions.BufferFlushInterval(time.Hour)), count)
	tracer, closer := jaeger.NewTracer(service, jaeger.NewConstSampler(sample), r, jaeger.TracerOptions.Gen128Bit(true))
	return member{tracer, func() int { return int(count.reported.Load()) }, func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	}}
}

// jCount counts spans, after the reporters before it have got them.
type jCount struct{ reported atomic.Int64 }

func (c *jCount) Report(*jaeger.Span) { c.reported.Add(1) }
func (*jCount) Close()                {}

func newSpurMember(t testing.TB, addr, service string, sample bool) member {
	t.Helper()
	udp, err := transport.NewUDP(addr, transport.UDPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := reporter.NewBatching(udp, reporter.BatchingOptions{FlushInterval: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	tracer, err := spur.New(service, spur.WithReporter(r), spur.WithLogger(nil),
		spur.WithSampler(sampler.NewConst(sample)))
	if err != nil {
		t.Fatal(err)
	}
	return member{tracer, func() int { return int(tracer.Stats().Spans.FinishedSampled) }, func() {
		if err := tracer.Close(); err != nil {
			t.Error(err)
		}
	}}
}

// landscape is services whose tracers send to one receiver.
type landscape struct {
	t       *testing.T
	rec     *receiver
	members []member
}

func newLandscape(t *testing.T) *landscape {
	t.Helper()
	return &landscape{t: t, rec: newReceiver(t)}
}

// tracer adds a service.
func (l *landscape) tracer(b brand, service string, sample bool) opentracing.Tracer {
	l.t.Helper()
	m := b.make(l.t, l.rec.addr(), service, sample)
	l.members = append(l.members, m)
	return m.Tracer
}

// transport makes connections that end with the test.
func (l *landscape) transport() *http.Transport {
	t := &http.Transport{}
	l.t.Cleanup(t.CloseIdleConnections)
	return t
}

// heard is a span as it came over the wire.
type heard struct {
	*idl.Span
	service string
}

func (h heard) trace() model.TraceID {
	return model.TraceID{High: uint64(h.TraceIdHigh), Low: uint64(h.TraceIdLow)}
}

// spans waits for n finished spans, ends all tracers and returns what was received.
// Servers may end a span after its caller has the answer.
func (l *landscape) spans(n int) []heard {
	l.t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	late := time.Now().Add(10 * time.Second)
	finished := 0
	for time.Now().Before(late) {
		finished = 0
		for _, m := range l.members {
			finished += m.finished()
		}
		if finished >= n {
			break
		}
		<-again.C
	}
	for _, m := range l.members {
		m.close()
	}
	var all []heard
	for _, b := range process(l.t, true, l.rec.all(l.t)...) {
		for _, s := range b.Spans {
			all = append(all, heard{s, b.Process.ServiceName})
		}
	}
	if len(all) != n {
		l.t.Errorf("%d spans were finished and %d received, not %d", finished, len(all), n)
	}
	return all
}

// forest draws spans as trees, a span a line with its references and tags, and
// beneath it its logs and children, each in the order of what they say. Times and
// ids are left out, and ports are always the same.
func forest(t *testing.T, spans []heard) []string {
	t.Helper()
	children := map[int64][]heard{}
	known := map[int64]bool{}
	for _, s := range spans {
		if known[s.SpanId] {
			t.Errorf("span %q came twice", s.OperationName)
		}
		known[s.SpanId] = true
	}
	for _, s := range spans {
		if s.ParentSpanId != 0 && !known[s.ParentSpanId] {
			t.Errorf("%s %q has a parent that was not received", s.service, s.OperationName)
		}
		children[s.ParentSpanId] = append(children[s.ParentSpanId], s)
	}
	var below func(parent int64) [][]string
	below = func(parent int64) (trees [][]string) {
		for _, s := range children[parent] {
			tree := []string{describe(s)}
			logs := make([]string, 0, len(s.Logs))
			for _, l := range s.Logs {
				if l.Fields[0].GetVStr() == "PutIdleConn" {
					continue // may come after the end of the span
				}
				logs = append(logs, "  log "+tagText(l.Fields))
			}
			slices.Sort(logs)
			tree = append(tree, logs...)
			for _, c := range below(s.SpanId) {
				for _, line := range c {
					tree = append(tree, "  "+line)
				}
			}
			for _, c := range children[s.SpanId] {
				if c.trace() != s.trace() {
					t.Errorf("%s %q is of another trace than its parent", c.service, c.OperationName)
				}
			}
			trees = append(trees, tree)
		}
		slices.SortFunc(trees, slices.Compare)
		return trees
	}
	return slices.Concat(below(0)...)
}

// describe is a span in one line.
func describe(s heard) string {
	line := fmt.Sprintf("%s: %s", s.service, s.OperationName)
	for _, r := range s.References {
		line += fmt.Sprintf(" <%v %t>", r.RefType, r.SpanId == s.ParentSpanId)
	}
	tags := slices.Clone(s.Tags)
	slices.SortStableFunc(tags, func(a, b *idl.Tag) int { return strings.Compare(a.Key, b.Key) })
	return line + " " + tagText(tags)
}

var hostPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func tagText(tags []*idl.Tag) string {
	words := make([]string, 0, len(tags))
	for _, tag := range tags {
		v := idlValue(tag)
		for _, kind := range []string{"STRING ", "BOOL ", "LONG "} {
			v = strings.TrimPrefix(v, kind) // quotes tell texts from the rest
		}
		words = append(words, tag.Key+"="+v)
	}
	return hostPort.ReplaceAllString(strings.Join(words, " "), "HOST")
}
