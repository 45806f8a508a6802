// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// finder tells which traces a query finds.
type finder struct {
	store   *Store
	ctx     context.Context
	query   *trace.Query
	probe   *probe
	maxScan int
	scanned int // spans that were read
	cost    int // of reading them
	looked  int // records that were looked at
}

func (s *Store) newFinder(ctx context.Context, q *trace.Query) *finder {
	return &finder{store: s, ctx: ctx, query: q, probe: newProbe(ctx, q), maxScan: s.cfg.MaxScan}
}

// find reports whether the query finds e, and returns its summary if asked to.
func (f *finder) find(e *entry, summary bool) (sum trace.Summary, found bool, err error) {
	if err := f.ctx.Err(); err != nil {
		return sum, false, err
	}
	v, views := f.look(e, summary && len(f.query.Columns) > 0)
	if v == maybe {
		f.scanned += len(views)
		v = f.probe.spans(views)
	} else {
		f.scanned += f.probe.read
	}
	f.cost += f.probe.cost
	if v == yes && summary {
		sum = f.summary(e)
		if len(f.query.Columns) > 0 {
			sum.Columns = f.probe.columns(views, f.query.Columns)
		}
	}
	return sum, v == yes && (!summary || sum.Spans > 0), f.ctx.Err()
}

// look says whether the query finds e, as far as can be told soon. It returns the
// spans if that is maybe, and if it is yes and they are wanted.
func (f *finder) look(e *entry, wanted bool) (v verdict, views []view) {
	f.store.mu.RLock()
	defer f.store.mu.RUnlock()
	v = f.probe.entry(e)
	f.looked += f.probe.looked
	if v == maybe || v == yes && wanted {
		views = make([]view, len(e.refs))
		for i, r := range e.refs {
			views[i] = view{r.record, r.name(), r.encoded()}
		}
	}
	return v, views
}

// summary returns the summary of e, without spans when e has been removed.
func (f *finder) summary(e *entry) trace.Summary {
	f.store.mu.RLock()
	defer f.store.mu.RUnlock()
	if len(e.refs) == 0 {
		return trace.Summary{}
	}
	return e.summary()
}

func (e *entry) duration() int64 { return int64(min(e.end-e.start, math.MaxInt64)) }

// key is what store.PositionOf says of the summary.
func (e *entry) key(o trace.Order) int64 {
	switch o {
	case trace.LongestFirst:
		return e.duration()
	case trace.MostSpansFirst:
		return int64(len(e.refs))
	default:
		return int64(e.start)
	}
}

// summary returns what trace.Summarize does without columns.
func (e *entry) summary() trace.Summary {
	sum := trace.Summary{
		TraceID: e.id, Start: pcommon.Timestamp(e.start).AsTime(), Duration: time.Duration(e.duration()), Spans: len(e.refs),
	}
	services := map[string]int{} // index in sum.Services
	var root, earliest *ref
	for i := range e.refs {
		r := &e.refs[i]
		rec := r.record
		if earliest == nil || rec.start < earliest.record.start {
			earliest = r
		}
		if rec.parent.IsEmpty() && (root == nil || rec.start < root.record.start) {
			root = r
		}
		service := r.name().service
		n, ok := services[service]
		if !ok {
			n = len(sum.Services)
			services[service] = n
			sum.Services = append(sum.Services, trace.ServiceCount{Service: service})
		}
		sum.Services[n].Spans++
		if rec.status == ptrace.StatusCodeError {
			sum.Services[n].Errors++
			sum.Errors++
		}
	}
	if root == nil {
		root, sum.Partial = earliest, true
	}
	sum.RootService, sum.RootName = root.name().service, root.name().name
	slices.SortFunc(sum.Services, func(a, b trace.ServiceCount) int { return strings.Compare(a.Service, b.Service) })
	return sum
}
