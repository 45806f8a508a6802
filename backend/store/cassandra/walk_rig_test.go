// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// held is what a fake has of spans in the index of services and the table of traces.
type held struct {
	index  map[string][][]any // by service, latest first
	traces map[string][][]any
	names  [][]any

	mu    sync.Mutex
	reads map[string]int // of traces
}

// hold makes traces whose spans are in the services given, of ids from 1. A trace begins a
// second before that of the id before it, or earlier, and its spans lie within apart.
func hold(services, traces, spans int, apart time.Duration) *held {
	r := rand.New(rand.NewPCG(1, 2))
	h := &held{index: map[string][][]any{}, traces: map[string][][]any{}, reads: map[string]int{}}
	for i := range services {
		h.names = append(h.names, []any{fmt.Sprintf("s%05d", i)})
	}
	for n := range traces {
		id := idOf(n + 1)
		begin := now.Add(-time.Duration(n) * time.Second).UnixMicro()
		for i := range spans {
			service := fmt.Sprintf("s%05d", r.IntN(services))
			at := begin
			if i > 0 {
				at += r.Int64N(apart.Microseconds())
			}
			h.add(id, service, at)
		}
	}
	return h
}

// add adds a span, and returns its row.
func (h *held) add(id pcommon.TraceID, service string, at int64) []any {
	key := string(id[:])
	row := rowOf(0, int64(len(h.traces[key])+1), 1)
	row[0], row[5] = raw(id[:]), at
	row[10] = raw(appendProcess(nil, &model.Process{Service: service}))
	h.traces[key] = append(h.traces[key], row)
	rows := h.index[service]
	i, _ := slices.BinarySearchFunc(rows, at, func(row []any, at int64) int { return cmp.Compare(at, row[0].(int64)) })
	h.index[service] = slices.Insert(rows, i, []any{at, raw(id[:])})
	return row
}

func idOf(n int) (id pcommon.TraceID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

func (h *held) answer(query string, args []any) (all [][]any, err error) {
	switch {
	case strings.Contains(query, "service_names"):
		return h.names, nil
	case strings.Contains(query, ".traces WHERE"):
		id := string(args[0].(raw))
		h.mu.Lock()
		defer h.mu.Unlock()
		h.reads[id]++
		return h.traces[id], nil
	case strings.Contains(query, "service_name_index"):
		first, before, limit := args[1].(int64), args[2].(int64), args[3].(int)
		for _, row := range h.index[args[0].(string)] {
			if at := row[0].(int64); at >= first && at <= before && len(all) < limit {
				all = append(all, row)
			}
		}
		return all, nil
	}
	return nil, fmt.Errorf("asked %s", query)
}

// walked returns how often each trace came, and how many were left out. Next is called
// again after errFake.
func walked(t *testing.T, w store.Walk) (came map[pcommon.TraceID]int, tooLarge, failed int) {
	t.Helper()
	came = map[pcommon.TraceID]int{}
	for {
		some, n, err := w.Next(t.Context())
		tooLarge += n
		switch {
		case errors.Is(err, io.EOF):
			return came, tooLarge, failed
		case errors.Is(err, errFake):
			failed++
		case err != nil:
			t.Fatal(err)
		}
		for _, td := range some {
			for s := range trace.Spans(td) {
				came[s.TraceID()]++
				break
			}
		}
	}
}

// onceEach returns the ids from 1 to n, each with 1.
func onceEach(n int) map[pcommon.TraceID]int {
	all := map[pcommon.TraceID]int{}
	for i := range n {
		all[idOf(i+1)] = 1
	}
	return all
}
