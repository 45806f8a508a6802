// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/opentracing/opentracing-go"

	"github.com/go-spur/spur/model"
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
