// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
	"github.com/go-spur/spur/backend/trace"
)

// broken is a store with something wrong.
type broken struct {
	*memory.Store
	write  func(context.Context, *ptrace.Traces)
	trace  func(id *pcommon.TraceID, w *trace.Window, td ptrace.Traces)
	search func(*trace.Query, *trace.Page)
	arrive func(*trace.Page)
	list   func([]string) []string
	links  func([]trace.Link) []trace.Link
	red    func(*trace.REDQuery)
	status func(*store.Status)
	close  func() error
}

func (b *broken) Write(ctx context.Context, td ptrace.Traces) error {
	if b.write != nil {
		b.write(ctx, &td)
		ctx = context.WithoutCancel(ctx)
	}
	return b.Store.Write(ctx, td)
}

func (b *broken) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	if b.trace == nil {
		return b.Store.Trace(ctx, id, w)
	}
	b.trace(&id, &w, ptrace.NewTraces())
	td, err := b.Store.Trace(ctx, id, w)
	if err == nil {
		b.trace(&id, &w, td)
	}
	return td, err
}

func (b *broken) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	if b.search == nil {
		return b.Store.Search(ctx, q)
	}
	b.search(&q, &trace.Page{})
	page, err := b.Store.Search(ctx, q)
	b.search(&q, &page)
	return page, err
}

func (b *broken) Arrivals(ctx context.Context, q trace.Query) (trace.Page, error) {
	page, err := b.Store.Arrivals(ctx, q)
	if b.arrive != nil {
		b.arrive(&page)
	}
	return page, err
}

func (b *broken) Services(ctx context.Context) ([]string, error) {
	return b.changed(b.Store.Services(ctx))
}

func (b *broken) Keys(ctx context.Context, prefix string, limit int) ([]string, error) {
	return b.changed(b.Store.Keys(ctx, prefix, limit))
}

func (b *broken) changed(list []string, err error) ([]string, error) {
	if b.list != nil {
		list = b.list(list)
	}
	return list, err
}

func (b *broken) Links(ctx context.Context, w trace.Window) ([]trace.Link, error) {
	links, err := b.Store.Links(ctx, w)
	if b.links != nil {
		links = b.links(links)
	}
	return links, err
}

func (b *broken) RED(ctx context.Context, q trace.REDQuery) ([]trace.REDSeries, error) {
	if b.red != nil {
		b.red(&q)
	}
	return b.Store.RED(ctx, q)
}

func (b *broken) Status(ctx context.Context) (store.Status, error) {
	s, err := b.Store.Status(ctx)
	if b.status != nil {
		b.status(&s)
	}
	return s, err
}

func (b *broken) Close() error {
	if b.close != nil {
		return b.close()
	}
	return b.Store.Close()
}

// TestBroken: what is wrong with a store is found.
func TestBroken(t *testing.T) {
	for _, fault := range []struct {
		test string
		broken
	}{
		{"Values", broken{trace: func(_ *pcommon.TraceID, _ *trace.Window, td ptrace.Traces) {
			for s := range trace.Spans(td) {
				s.Attributes().Remove("map.empty")
			}
		}}},
		{"Doubles", broken{write: func(_ context.Context, td *ptrace.Traces) {
			for s := range trace.Spans(*td) {
				s.Attributes().PutInt("written", time.Now().UnixNano())
			}
		}}},
		{"IDs", broken{trace: func(id *pcommon.TraceID, _ *trace.Window, _ ptrace.Traces) { clear(id[:8]) }}},
		{"Window", broken{trace: func(_ *pcommon.TraceID, w *trace.Window, _ ptrace.Traces) { w.End = time.Time{} }}},
		{"Ownership", broken{write: func(_ context.Context, td *ptrace.Traces) {
			for s := range trace.Spans(*td) {
				s.SetName("mine")
			}
		}}},
		{"SearchRandom", broken{search: func(_ *trace.Query, p *trace.Page) { p.Total++ }}},
		{"SearchRandom", broken{search: func(q *trace.Query, _ *trace.Page) { q.Limit++ }}},
		{"SearchRandom", broken{search: func(q *trace.Query, _ *trace.Page) { q.Window = trace.Window{} }}},
		{"SearchRandom", broken{search: func(q *trace.Query, _ *trace.Page) { q.Order = trace.NewestFirst }}},
		{"SearchRandom", broken{search: func(_ *trace.Query, p *trace.Page) { p.Cursor = "" }}},
		{"SearchCut", broken{search: func(_ *trace.Query, p *trace.Page) { p.CutAt = time.Time{} }}},
		{"SearchErrors", broken{search: func(q *trace.Query, _ *trace.Page) { q.Cursor = "" }}},
		{"Arrivals", broken{arrive: func(p *trace.Page) { slices.Reverse(p.Traces) }}},
		{"ArrivalsCut", broken{arrive: func(p *trace.Page) { p.CutAt = time.Time{} }}},
		{"Services", broken{list: func(l []string) []string { slices.Reverse(l); return l }}},
		{"Keys", broken{list: func(l []string) []string { return append(l, "more") }}},
		{"Links", broken{links: func(l []trace.Link) []trace.Link { return l[:len(l)/2] }}},
		{"RED", broken{red: func(q *trace.REDQuery) { q.Kinds = nil }}},
		{"RED", broken{red: func(q *trace.REDQuery) { q.Window = trace.Window{} }}},
		{"Retention", broken{status: func(s *store.Status) { s.Evicted = 0 }}},
		{"Closed", broken{close: func() error { return nil }}},
		{"Cancelled", broken{write: func(context.Context, *ptrace.Traces) {}}},
	} {
		t.Run(fault.test, func(t *testing.T) {
			i := slices.IndexFunc(tests, func(x test) bool { return x.name == fault.test })
			open := func(_ context.Context, cfg Config) (store.Store, error) {
				b := fault.broken
				b.Store = memory.Open(memory.Config{MaxBytes: cfg.MaxBytes, MaxScan: cfg.MaxScan})
				return &b, nil
			}
			r := collect(t, Engine{Open: open}, tests[i].run)
			if failure, skip := r.outcome(""); failure == "" || skip != "" {
				t.Errorf("not found: failure %q, skip %q", failure, skip)
			}
			if failure, skip := r.outcome("reason"); failure != "" || skip != "reason" {
				t.Errorf("excepted: failure %q, skip %q", failure, skip)
			}
		})
	}
}

// TestExceptionNotNeeded: an exception of what does not fail is a failure.
func TestExceptionNotNeeded(t *testing.T) {
	r := collect(t, Engine{}, func(*T) {})
	if failure, skip := r.outcome("reason"); failure == "" || skip != "" {
		t.Errorf("failure %q, skip %q", failure, skip)
	}
	if failure, skip := r.outcome(""); failure != "" || skip != "" {
		t.Errorf("failure %q, skip %q", failure, skip)
	}
	r = collect(t, Engine{}, func(*T) { panic("boom") })
	if failure, _ := r.outcome(""); failure == "" {
		t.Error("a panic is no failure")
	}
}
