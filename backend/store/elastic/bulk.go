// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/store"
)

// item is a document on its way to the server.
type item struct {
	line []byte // the action and the document, as they stand in a request
	span bool   // it is that of a span
	key  string // of an operation, in Store.known
	own  bool   // its index has a date in its name also where others are aliases
}

const (
	// bulkTries is how often a document that the server has no room for is sent before
	// Write says so, with pauses that double from bulkPause.
	bulkTries = 3
	bulkPause = 100 * time.Millisecond
)

// send stores documents: it returns when the server has all that it will ever take, and
// says what that is not. Those that were sent before are there already, which is as good.
func (s *Store) send(ctx context.Context, items []item) (refused refusals, err error) {
	pause := bulkPause
	for try := 1; ; try++ {
		var all outcome
		for _, part := range s.parts(items) {
			all.add(s.sendParts(ctx, part))
			if all.err != nil && !errors.Is(all.err, store.ErrUnavailable) {
				return refused, all.err
			}
		}
		refused.add(all.refused)
		if len(all.again) == 0 {
			break
		}
		if try == bulkTries || ctx.Err() != nil {
			return refused, all.err
		}
		s.counters.retried.Add(float64(len(all.again)))
		items = all.again
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return refused, ctx.Err()
		}
		pause *= 2
	}
	s.counters.documents.WithLabelValues("refused").Add(float64(refused.count()))
	return refused, nil
}

// parts cuts items into what is one request each, as many at once as may be under way.
func (s *Store) parts(items []item) (out [][][]item) {
	var requests [][]item
	begin, size := 0, 0
	for i := range items {
		n := len(items[i].line)
		if i > begin && (i-begin == s.config.BulkActions || size+n > s.config.BulkBytes) {
			requests = append(requests, items[begin:i])
			begin, size = i, 0
		}
		size += n
	}
	if begin < len(items) {
		requests = append(requests, items[begin:])
	}
	return slices.Collect(slices.Chunk(requests, s.config.BulkWorkers))
}

// sendParts sends requests at once.
func (s *Store) sendParts(ctx context.Context, requests [][]item) (all outcome) {
	outcomes := make([]outcome, len(requests))
	var group sync.WaitGroup
	for i, r := range requests[1:] {
		group.Go(func() { outcomes[i+1] = s.sendOne(ctx, r) })
	}
	outcomes[0] = s.sendOne(ctx, requests[0])
	group.Wait()
	for _, o := range outcomes {
		all.add(o)
	}
	return all
}

// sendOne sends a request. One that the server cannot take as a whole is sent in halves.
func (s *Store) sendOne(ctx context.Context, items []item) outcome {
	var body bytes.Buffer
	for i := range items {
		body.Write(items[i].line)
	}
	query := "filter_path=errors,items.*.status,items.*.error"
	if s.config.Aliases && !items[0].own {
		query += "&require_alias=true"
	}
	answer, err := s.client.call(ctx, request{method: http.MethodPost, path: "/_bulk", query: query, body: body.Bytes(), lines: true})
	var e *serverError
	switch {
	case err == nil:
		return s.read(items, answer)
	case errors.Is(err, store.ErrUnavailable):
		return outcome{again: items, err: err}
	case !errors.As(err, &e):
		return outcome{err: err}
	case !e.ofContent():
		return outcome{again: items, err: unavailable(e)} // a proxy's, say
	case len(items) == 1:
		return outcome{refused: refuse(&items[0], e)}
	}
	half := len(items) / 2
	all := s.sendOne(ctx, items[:half])
	if all.err != nil {
		all.again = append(all.again, items[half:]...)
		return all
	}
	all.add(s.sendOne(ctx, items[half:]))
	return all
}
