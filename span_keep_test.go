// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
)

func TestKeepsSpans(t *testing.T) {
	tracer, _ := newTestTracer(t, WithObserver(keeper{}))
	s := tracer.StartSpan("op").(*Span)
	s.SetTag("k", "v").LogKV("event", "e")
	s.Finish()
	s.SetTag("k", "late")
	if tags := tagMap(s.Tags()); tags["k"] != "v" || len(s.Logs()) != 1 {
		t.Errorf("tags %v, logs %v", tags, s.Logs())
	}
}

// A span that is kept is kept until it is released.
func TestRelease(t *testing.T) {
	for _, kept := range []bool{false, true} {
		var opts []Option
		if kept {
			opts = append(opts, WithObserver(keeper{}))
		}
		tracer, got := newTestTracer(t, opts...)
		for i := range 3 {
			s := tracer.StartSpan("op", opentracing.Tag{Key: "n", Value: i}).(*Span)
			s.LogKV("event", "e")
			s.Release() // it is open: nothing happens
			s.Finish()
			if (len(s.Tags()) > 0) != kept || (len(s.Logs()) > 0) != kept {
				t.Errorf("kept: %t, tags %v, logs %v", kept, s.Tags(), s.Logs())
			}
			s.Release()
			s.Release()
			if len(s.Tags())+len(s.Logs()) != 0 || !s.Finished() {
				t.Errorf("released: %v %v", s.Tags(), s.Logs())
			}
		}
		for i, s := range got.all() {
			if tagMap(s.Tags)["n"] != int64(i) || len(s.Logs) != 1 {
				t.Errorf("reported %+v", s)
			}
		}
	}
	(*Span)(nil).Release()
}

type keeper struct{}

func (keeper) KeepsSpans() bool            { return true }
func (keeper) OnFinish(*Span, *model.Span) {}

// A reporter that forgets is not called, and spans are counted all the same. What embeds one
// is called: it may have a Report of its own.
func TestReportersThatForget(t *testing.T) {
	for _, tt := range []struct {
		name           string
		reporter       reporter.Reporter
		forgets, keeps bool
	}{
		{"Null", reporter.Null{}, true, false},
		{"NullKeeper", reporter.NullKeeper{}, true, true},
		{"embeds Null", listening{}, false, false},
		{"Null beside another", reporter.NewMulti(reporter.Null{}, new(reporter.Memory)), false, true},
	} {
		tracer, err := New("orders", SampleAll(), WithReporter(tt.reporter), WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		s := tracer.StartSpan("op").SetTag("k", "v").(*Span)
		s.LogFields(log.String("event", "done"))
		s.Finish()
		s.Finish()
		if kept := tagMap(s.Tags())["k"] == "v" && len(s.Logs()) == 1; kept != tt.keeps || !s.Finished() || tracer.forgets != tt.forgets {
			t.Errorf("%s: tags %v, logs %v, forgets %t", tt.name, s.Tags(), s.Logs(), tracer.forgets)
		}
		if st := tracer.Stats().Spans; st.FinishedSampled != 1 || st.Open != 0 || st.DoubleFinish != 1 {
			t.Errorf("%s: %+v", tt.name, st)
		}
		_ = tracer.Close()
	}
}
