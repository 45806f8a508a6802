// SPDX-License-Identifier: Apache-2.0

package jaeger_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	jaeger "github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/internal/baggage"
)

// rules are restrictions: key to length, and no other key. "panic" is what it says.
type rules map[string]int

func (r rules) GetRestriction(service, key string) *baggage.Restriction {
	if key == "panic" || service != "orders" {
		panic(key)
	}
	length, ok := r[key]
	return baggage.NewRestriction(ok, length)
}

func baggageCounts(c *counters) string {
	return fmt.Sprint(c.values["jaeger.tracer.baggage_updates|result=ok"], " ok ", c.values["jaeger.tracer.baggage_updates|result=err"], " err ",
		c.values["jaeger.tracer.baggage_truncations"], " truncated")
}

// lines are logs as text, one a line, long values by their length.
func lines(s *jaeger.Span) (all []string) {
	for _, l := range s.Logs() {
		var fields []string
		for _, f := range l.Fields {
			text := fmt.Sprint(f.Value())
			if len(text) > 100 {
				text = fmt.Sprintf("%d bytes", len(text))
			}
			fields = append(fields, f.Key()+"="+text)
		}
		all = append(all, strings.Join(fields, " "))
	}
	return all
}

func TestSetBaggageItem(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options []jaeger.TracerOption
		want    []string // of the logs
		counts  string
		items   string
	}{
		{"no restrictions", nil, []string{
			"event=baggage key=short value=1",
			"event=baggage key=short value=abcdef override=true",
			"event=baggage key=long value=2048 bytes truncated=true",
			"event=baggage key=other value=x",
			"event=baggage key=short value= override=true",
			"event=baggage key=panic value=x",
		}, "6 ok 0 err 1 truncated", "long=2048 bytes other=1 bytes panic=1 bytes"},
		{"restricted", []jaeger.TracerOption{jaeger.TracerOptions.BaggageRestrictionManager(rules{"short": 5, "long": 4000})}, []string{
			"event=baggage key=short value=1",
			"event=baggage key=short value=abcde override=true truncated=true",
			"event=baggage key=long value=3000 bytes",
			"event=baggage key=other value=x invalid=true",
			"event=baggage key=short value= override=true",
			"event=baggage key=panic value=x invalid=true",
		}, "4 ok 2 err 1 truncated", "long=3000 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			metrics := newCounters()
			tracer, memory := newTracer(t, nil, append(tt.options, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metrics, nil)))...)
			s := start(tracer, "GET /")
			for _, item := range [][2]string{{"short", "1"}, {"short", "abcdef"}, {"long", strings.Repeat("x", 3000)}, {"other", "x"}, {"short", ""}, {"panic", "x"}} {
				s.SetBaggageItem(item[0], item[1])
			}
			s.Finish()
			if got := lines(memory.GetSpans()[0].(*jaeger.Span)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("logs\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if got := baggageCounts(metrics); got != tt.counts {
				t.Errorf("%s, want %s", got, tt.counts)
			}
			var items []string
			s.SpanContext().ForeachBaggageItem(func(k, v string) bool {
				items = append([]string{fmt.Sprintf("%s=%d bytes", k, len(v))}, items...)
				return true
			})
			if got := strings.Join(items, " "); got != tt.items {
				t.Errorf("%s, want %s", got, tt.items)
			}
		})
	}
}

// What spur refuses is no success: items beyond its limits, and those of finished spans.
func TestSetBaggageItemRefused(t *testing.T) {
	metrics := newCounters()
	tracer, memory := newTracer(t, nil, jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metrics, nil)))
	s := start(tracer, "GET /")
	for i := range 65 {
		s.SetBaggageItem(fmt.Sprint("k", i), "value")
	}
	s.Finish()
	s.SetBaggageItem("late", "x")
	if got := baggageCounts(metrics); got != "64 ok 2 err 0 truncated" {
		t.Error(got)
	}
	logs := lines(memory.GetSpans()[0].(*jaeger.Span))
	if got := logs[len(logs)-1]; len(logs) != 65 || got != "event=baggage key=k64 length=5 invalid=true" {
		t.Errorf("%d logs, the last %s", len(logs), got)
	}
}

// Nobody sees the logs of a span that is not sampled, but items are set and counted.
func TestSetBaggageItemUnsampled(t *testing.T) {
	metrics := newCounters()
	tracer, _ := newTracer(t, jaeger.NewConstSampler(false), jaeger.TracerOptions.Metrics(jaeger.NewMetrics(metrics, nil)),
		jaeger.TracerOptions.BaggageRestrictionManager(rules{"k": 5}))
	s := start(tracer, "GET /")
	s.SetBaggageItem("k", "v").SetBaggageItem("other", "v")
	if got := fmt.Sprintf("%s, %d logs, %s", shown(s.SpanContext())[53:], len(s.Logs()), baggageCounts(metrics)); got != "k=v, 0 logs, 1 ok 1 err 0 truncated" {
		t.Error(got)
	}
}
