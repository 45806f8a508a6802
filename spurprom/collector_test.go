// SPDX-License-Identifier: Apache-2.0

package spurprom

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/propagation"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/sampler"
	"github.com/go-spur/spur/spurtest"
)

func TestLint(t *testing.T) {
	st := spur.Stats{Destinations: make([]reporter.DestinationStats, 1), Propagation: make([]propagation.FormatStats, 1)}
	c := newCollector("test", func() spur.Stats { return st })
	problems, err := testutil.CollectAndLint(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	names := map[string]bool{}
	for _, f := range c.families {
		if names[f.name] {
			t.Errorf("%s twice", f.name)
		}
		names[f.name] = true
		if !strings.HasPrefix(f.name, "spur_") || !strings.HasSuffix(f.help, ".") && !strings.Contains(f.help, ";") {
			t.Errorf("%s: %s", f.name, f.help)
		}
	}
}

// sum adds the values of a family at a destination.
func sum(all map[string]float64, name, destination string) (n float64) {
	for key, value := range all {
		if strings.HasPrefix(key, name+"{") && strings.Contains(key, fmt.Sprintf("destination=%q", destination)) {
			n += value
		}
	}
	return n
}

// While spans are delivered, to a collector that takes them and to one that is not
// there, each scrape accounts for all of them.
func TestLawHoldsInOneScrape(t *testing.T) {
	collector := spurtest.NewCollector(t)
	tracer, err := spur.New("test", spur.WithLogger(nil), spur.WithSampler(sampler.NewConst(true)),
		spur.WithEndpoint(collector.OTLPURL()), spur.WithEndpoint("http://127.0.0.1:1/v1/traces"), spur.WithReporter(broken{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tracer.Shutdown(canceled()) }()
	c := NewCollector(tracer)
	const rounds, spans = 20, 100
	for i := range rounds {
		for range spans {
			tracer.StartSpan("op").Finish()
		}
		for _, phase := range []string{"finished", "sent"} {
			all := samples(t, c)
			finished := all[`spur_spans_finished_total{sampled="true",service="test"}`]
			if want := float64((i + 1) * spans); finished != want {
				t.Fatalf("%v finished, want %v", finished, want)
			}
			for _, d := range tracer.Stats().Destinations {
				var total float64
				for _, name := range []string{"spur_spans_sent_total", "spur_spans_unconfirmed_total", "spur_spans_dropped_total", "spur_queue_spans"} {
					total += sum(all, name, d.Name)
				}
				if total != finished {
					t.Errorf("%s: %v spans of %v at %s", phase, total, finished, d.Name)
				}
			}
			_ = tracer.Flush(canceled()) // sending begins
		}
	}
	if n := len(tracer.Stats().Destinations); n != 3 {
		t.Errorf("%d destinations", n)
	}
}

// canceled is a context that leaves no time.
func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// broken is a reporter that loses every span.
type broken struct{}

func (broken) Report(*model.Span)          { panic("broken") }
func (broken) Flush(context.Context) error { return nil }
func (broken) Close(context.Context) error { return nil }

func TestSeveralTracers(t *testing.T) {
	shop, spans := spurtest.New(t)
	bank := spans.Tracer("bank")
	shop.StartSpan("op").Finish()
	registry := prometheus.NewPedanticRegistry()
	for _, tracer := range []*spur.Tracer{shop, bank} {
		if err := registry.Register(NewCollector(tracer)); err != nil {
			t.Fatal(err)
		}
	}
	const want = `# HELP spur_spans_started_total Spans started.
# TYPE spur_spans_started_total counter
spur_spans_started_total{service="bank"} 0
spur_spans_started_total{service="test"} 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "spur_spans_started_total"); err != nil {
		t.Error(err)
	}
	again := spans.Tracer("bank")
	var twice prometheus.AlreadyRegisteredError
	if err := registry.Register(NewCollector(again)); !errors.As(err, &twice) {
		t.Errorf("a second bank: %v", err)
	}
	registry = prometheus.NewPedanticRegistry()
	for i, tracer := range []*spur.Tracer{bank, again} {
		labelled := prometheus.WrapRegistererWith(prometheus.Labels{"tracer": strconv.Itoa(i)}, registry)
		if err := labelled.Register(NewCollector(tracer)); err != nil {
			t.Error(err)
		}
	}
	if _, err := registry.Gather(); err != nil {
		t.Error(err)
	}
}

func TestNilTracer(t *testing.T) {
	if all := samples(t, NewCollector(nil)); len(all) != 0 {
		t.Errorf("got %v", all)
	}
}

func TestClosedTracer(t *testing.T) {
	tracer, _ := spurtest.New(t)
	tracer.StartSpan("op").Finish()
	c := NewCollector(tracer)
	if err := tracer.Close(); err != nil {
		t.Fatal(err)
	}
	tracer.StartSpan("late").Finish()
	all := samples(t, c)
	if n := sum(all, "spur_spans_sent_total", "*spurtest.Recorder"); n != 1 {
		t.Errorf("%v sent", n)
	}
	if n := sum(all, "spur_spans_dropped_total", "*spurtest.Recorder"); n != 1 {
		t.Errorf("%v dropped", n)
	}
}

// Names are other people's text: none costs the scrape.
func TestHostileNames(t *testing.T) {
	const bad = "a\xff\"b\\c\nd"
	st := spur.Stats{
		Destinations: []reporter.DestinationStats{{Name: bad, Address: bad, Format: bad}, {Name: bad}, {Name: bad}, {}, {}},
		Propagation:  []propagation.FormatStats{{Format: bad}, {Format: bad}},
		Sampling:     sampler.Status{Type: bad, Source: bad},
		Source:       bad,
	}
	all := samples(t, newCollector(bad, func() spur.Stats { return st }))
	names := map[string]bool{}
	for key := range all {
		if name, ok := strings.CutPrefix(key, "spur_spans_sent_total{"); ok {
			names[name] = true
		}
	}
	const good = `"a�\"b\\c\nd`
	for _, want := range []string{good, good + "-2", good + "-3", `"`, `"-2`} {
		if !names[`destination=`+want+`",service=`+good+`"}`] {
			t.Errorf("no destination %s in %v", want, names)
		}
	}
}

func TestScrapeConcurrentSafe(t *testing.T) {
	tracer, _ := spurtest.New(t)
	c := NewCollector(tracer)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(2)
		go func() {
			defer wg.Done()
			for range 50 {
				tracer.StartSpan("op").Finish()
			}
		}()
		go func() {
			defer wg.Done()
			for range 20 {
				if _, err := registry.Gather(); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if n := samples(t, c)[`spur_spans_started_total{service="test"}`]; n != 200 {
		t.Errorf("%v started", n)
	}
}

// What the docs call a metric is one.
func TestNamesInDocs(t *testing.T) {
	known := map[string]bool{}
	for _, f := range families() {
		known[f.name] = true
	}
	for _, file := range []string{"README.md", "alerts.yml", "doc.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names := regexp.MustCompile(`spur_[a-z_]+`).FindAllString(string(text), -1)
		if len(names) < 4 {
			t.Errorf("%s has only %d names", file, len(names))
		}
		for _, name := range names {
			if !known[name] {
				t.Errorf("%s says %s, which is no metric", file, name)
			}
		}
		if file == "README.md" {
			for name := range known {
				if !slices.Contains(names, name) {
					t.Errorf("README.md does not tell of %s", name)
				}
			}
		}
	}
}
