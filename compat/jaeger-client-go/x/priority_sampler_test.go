// SPDX-License-Identifier: Apache-2.0

package x_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/x"
)

// scripted gives the same decision each time, and tells who asked.
type scripted struct {
	jaeger.SamplerV2Base
	name     string
	decision jaeger.SamplingDecision
	mu       *sync.Mutex
	asked    *[]string
}

func (s scripted) answer(event string) jaeger.SamplingDecision {
	s.mu.Lock()
	defer s.mu.Unlock()
	*s.asked = append(*s.asked, s.name+" "+event)
	return s.decision
}

func (s scripted) OnCreateSpan(*jaeger.Span) jaeger.SamplingDecision { return s.answer("create") }
func (s scripted) OnSetOperationName(_ *jaeger.Span, name string) jaeger.SamplingDecision {
	return s.answer("name " + name)
}

func (s scripted) OnSetTag(_ *jaeger.Span, key string, value interface{}) jaeger.SamplingDecision {
	return s.answer(fmt.Sprintf("tag %s=%v", key, value))
}
func (s scripted) OnFinishSpan(*jaeger.Span) jaeger.SamplingDecision { return s.answer("finish") }
func (s scripted) Close()                                            { s.answer("close") }

type script struct {
	mu    sync.Mutex
	asked []string
}

func (s *script) sampler(name string, sample, retryable bool) jaeger.SamplerV2 {
	return scripted{name: name, decision: jaeger.SamplingDecision{Sample: sample, Retryable: retryable}, mu: &s.mu, asked: &s.asked}
}

func (s *script) check(t *testing.T, want string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.asked, ", "); got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
	s.asked = nil
}

func state(span opentracing.Span) string {
	c := span.Context().(jaeger.SpanContext)
	return fmt.Sprint("sampled ", c.IsSampled(), " final ", c.IsSamplingFinalized())
}

func TestPrioritySampler(t *testing.T) {
	for _, tt := range []struct {
		name         string
		delegates    func(*script) []jaeger.SamplerV2
		asked, state string
	}{
		{
			"first yes", func(s *script) []jaeger.SamplerV2 {
				return []jaeger.SamplerV2{s.sampler("a", false, true), s.sampler("b", true, false), s.sampler("c", true, false)}
			}, "a create, b create", "sampled true final true",
		},
		{
			"final no is not asked again", func(s *script) []jaeger.SamplerV2 {
				return []jaeger.SamplerV2{s.sampler("a", false, false), s.sampler("b", false, true)}
			}, "a create, b create, b name n, b tag k=1, b finish", "sampled false final false",
		},
		{
			"all no", func(s *script) []jaeger.SamplerV2 {
				return []jaeger.SamplerV2{s.sampler("a", false, false), nil, s.sampler("b", false, false)}
			}, "a create, b create", "sampled false final true",
		},
		{"none", func(*script) []jaeger.SamplerV2 { return nil }, "", "sampled false final true"},
		{
			"in one another", func(s *script) []jaeger.SamplerV2 {
				return []jaeger.SamplerV2{x.NewPrioritySampler(s.sampler("a", false, false), s.sampler("b", false, true)), s.sampler("c", false, true)}
			}, "a create, b create, c create, b name n, c name n, b tag k=1, c tag k=1, b finish, c finish", "sampled false final false",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s script
			tracer, closer := jaeger.NewTracer("svc", x.NewPrioritySampler(tt.delegates(&s)...), jaeger.NewNullReporter())
			defer closer.Close()
			span := tracer.StartSpan("op")
			span.SetOperationName("n")
			span.SetTag("k", 1)
			got := state(span)
			span.Finish()
			if got != tt.state {
				t.Errorf("%s, want %s", got, tt.state)
			}
			s.check(t, tt.asked)
		})
	}
}

func TestPrioritySamplerClosesAll(t *testing.T) {
	var s script
	x.NewPrioritySampler(s.sampler("a", true, false), s.sampler("b", true, false)).Close()
	s.check(t, "a close, b close")
}

// TestPrioritySamplerReplaced: a trace that is undecided when a refresh brings a longer
// list of delegates is asked about by all of them.
func TestPrioritySamplerReplaced(t *testing.T) {
	var s script
	tracer, closer := jaeger.NewTracer("svc", x.NewPrioritySampler(s.sampler("a", false, true)), jaeger.NewNullReporter())
	defer closer.Close()
	span := tracer.StartSpan("op").(*jaeger.Span)
	var many []jaeger.SamplerV2
	for i := range 100 {
		many = append(many, s.sampler(fmt.Sprint(i), i == 99, false))
	}
	if d := x.NewPrioritySampler(many...).OnSetTag(span, "k", 1); !d.Sample {
		t.Errorf("%+v", d)
	}
	if len(s.asked) != 101 {
		t.Errorf("%d asked: %v", len(s.asked), s.asked)
	}
}

func TestPrioritySamplerConcurrentSafe(t *testing.T) {
	var s script
	tracer, closer := jaeger.NewTracer("svc", x.NewPrioritySampler(s.sampler("a", false, false), s.sampler("b", false, true)), jaeger.NewNullReporter())
	defer closer.Close()
	span := tracer.StartSpan("op")
	s.check(t, "a create, b create")
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				span.SetTag("k", 1)
			}
		}()
	}
	wg.Wait()
	span.Finish()
	if n := len(s.asked); n != 201 || s.asked[n-1] != "b finish" {
		t.Errorf("%d asked", n)
	}
}
