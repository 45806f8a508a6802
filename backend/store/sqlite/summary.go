// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"slices"
	"sort"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// summaries makes summaries from columns, as trace.Summarize makes them from
// spans.
type summaries struct {
	r          *snapshot
	segments   []*segment
	loaded     []*segment // those whose columns are in memory
	operations map[int64]operation
}

// of returns the summary of a trace (trace.id), without columns. A bare one has
// what trace.Query.Bare says.
func (s *summaries) of(row int64, bare bool) (trace.Summary, error) {
	var sum trace.Summary
	var id []byte
	var start, duration, spans int64
	err := s.r.one("SELECT trace_id, start, duration, spans FROM trace WHERE id = ?", []any{row}, &id, &start, &duration, &spans)
	if err != nil {
		return sum, err
	}
	sum.TraceID, sum.Start = pcommon.TraceID(id), timeOf(uint64(start))
	sum.Duration, sum.Spans = time.Duration(duration), int(spans)
	if bare {
		return sum, nil
	}
	var first firsts
	index := map[string]int{} // of sum.Services
	err = s.r.each(s.r.ctx, "SELECT block, refs FROM part WHERE trace = ?", []any{row}, func(scan func(...any) error) error {
		var block int64
		var refs []byte
		if err := scan(&block, &refs); err != nil {
			return err
		}
		seg, err := s.segment(block)
		if err != nil {
			return err
		}
		for ; len(refs) >= refSize; refs = refs[refSize:] {
			i := block - seg.first + int64(binary.LittleEndian.Uint16(refs))
			if i < 0 || i >= int64(seg.n) {
				return errCorrupt
			}
			if err := s.add(&sum, index, &first, seg, i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return sum, err
	}
	root, err := s.operation(first.operation())
	sum.RootService, sum.RootName, sum.Partial = root.service, root.name, !first.hasRoot
	slices.SortFunc(sum.Services, func(a, b trace.ServiceCount) int { return strings.Compare(a.Service, b.Service) })
	return sum, err
}

// firsts are the earliest of a trace's spans without a parent, and of all.
type firsts struct {
	hasRoot, hasAny     bool
	rootStart, anyStart uint64
	root, any           int64 // operation.id
}

func (f *firsts) operation() int64 {
	if f.hasRoot {
		return f.root
	}
	return f.any
}

// add counts a span of seg.
func (s *summaries) add(sum *trace.Summary, index map[string]int, f *firsts, seg *segment, i int64) error {
	start, operation := seg.cols.start[i], seg.cols.operation[i]
	if !f.hasAny || start < f.anyStart {
		f.hasAny, f.anyStart, f.any = true, start, operation
	}
	if seg.cols.parent[i] == 0 && (!f.hasRoot || start < f.rootStart) {
		f.hasRoot, f.rootStart, f.root = true, start, operation
	}
	op, err := s.operation(operation)
	if err != nil {
		return err
	}
	n, ok := index[op.service]
	if !ok {
		n = len(sum.Services)
		index[op.service] = n
		sum.Services = append(sum.Services, trace.ServiceCount{Service: op.service})
	}
	sum.Services[n].Spans++
	if isError(seg.cols.status[i]) {
		sum.Services[n].Errors++
		sum.Errors++
	}
	return nil
}

// segment returns the segment of a span, with its columns.
func (s *summaries) segment(span int64) (*segment, error) {
	if s.segments == nil {
		var err error
		if s.segments, err = s.r.segments(); err != nil {
			return nil, err
		}
		s.operations = map[int64]operation{}
	}
	n := sort.Search(len(s.segments), func(i int) bool { return s.segments[i].first > span })
	if n == 0 {
		return nil, errCorrupt
	}
	seg := s.segments[n-1]
	if seg.tail != nil || slices.Contains(s.loaded, seg) {
		return seg, nil
	}
	if len(s.loaded) == maxSegmentsInUse {
		old := s.loaded[0]
		old.cols, old.loaded = columns{}, [columnKinds]bool{}
		s.loaded = slices.Delete(s.loaded, 0, 1)
	}
	s.loaded = append(s.loaded, seg)
	return seg, s.r.load(seg, columnStart, columnOperation, columnStatus, columnParent)
}

func (s *summaries) operation(id int64) (operation, error) {
	o, ok := s.operations[id]
	if ok {
		return o, nil
	}
	err := s.r.one("SELECT service, name, kind FROM operation WHERE id = ?", []any{id}, &o.service, &o.name, &o.kind)
	if err == nil {
		s.operations[id] = o
	}
	return o, err
}
