// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/go-spur/spur/backend/store"
)

// item is a document on its way to the server.
type item struct {
	line []byte // the action and the document, as they stand in a request
	span bool   // it is that of a span
	key  string // of a service, in Store.known
}

// itemError is why the server did not take a document.
type itemError struct {
	Type   string      `json:"type"`
	Reason string      `json:"reason"`
	Cause  *itemError  `json:"caused_by"`
	Root   []itemError `json:"root_cause"`
}

func (e *itemError) String() string {
	text := fmt.Sprintf("%s: %.300s", e.Type, e.Reason)
	if e.Cause != nil {
		text += fmt.Sprintf(": %.300s", e.Cause.Reason)
	}
	return text
}

const (
	// bulkTries is how often a document that the server has no room for is sent before
	// Write says so, with pauses that double from bulkPause.
	bulkTries = 3
	bulkPause = 100 * time.Millisecond
)

// send stores documents: it returns when the server has all that it will ever take.
// Those that were sent before are there already, which is as good.
func (s *Store) send(ctx context.Context, items []item) error {
	var refused *store.RefusedError
	pause := bulkPause
	for try := 1; ; try++ {
		var later []item
		var reason error
		for _, part := range s.parts(items) {
			again, r, err := s.sendParts(ctx, part)
			refused = refused.And(r)
			if err != nil && !errors.Is(err, store.ErrUnavailable) {
				return err
			}
			if err != nil && reason == nil {
				reason = err
			}
			later = append(later, again...)
		}
		if len(later) == 0 {
			break
		}
		if try == bulkTries || ctx.Err() != nil {
			return reason
		}
		s.counters.retried.Add(float64(len(later)))
		items = later
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause *= 2
	}
	if refused != nil {
		s.counters.documents.WithLabelValues("refused").Add(float64(refused.Spans))
		return refused
	}
	return nil
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

// sendParts sends requests at once. Again is what the server may take later; err says
// why it did not.
func (s *Store) sendParts(ctx context.Context, requests [][]item) (again []item, refused *store.RefusedError, err error) {
	if len(requests) == 1 {
		return s.sendOne(ctx, requests[0])
	}
	type result struct {
		again   []item
		refused *store.RefusedError
		err     error
	}
	results := make([]result, len(requests))
	var group errgroup.Group
	for i, r := range requests {
		group.Go(func() error {
			res := &results[i]
			res.again, res.refused, res.err = s.sendOne(ctx, r)
			return nil
		})
	}
	_ = group.Wait() // they have their own
	for _, r := range results {
		again = append(again, r.again...)
		refused = refused.And(r.refused)
		if err == nil || r.err != nil && !errors.Is(r.err, store.ErrUnavailable) {
			err = r.err
		}
	}
	return again, refused, err
}

// sendOne sends a request. One that is too large for the server is sent in halves.
func (s *Store) sendOne(ctx context.Context, items []item) (again []item, refused *store.RefusedError, err error) {
	var body bytes.Buffer
	for i := range items {
		body.Write(items[i].line)
	}
	query := "filter_path=errors,items.*.status,items.*.error"
	if s.config.Aliases {
		query += "&require_alias=true"
	}
	answer, err := s.client.call(ctx, request{method: http.MethodPost, path: "/_bulk", query: query, body: body.Bytes(), lines: true})
	var e *serverError
	switch {
	case err == nil:
		return s.outcome(items, answer)
	case errors.Is(err, store.ErrUnavailable):
		return items, nil, err
	case !errors.As(err, &e):
		return nil, nil, err
	case len(items) == 1:
		return nil, refuse(&items[0], e), nil
	case e.status != http.StatusRequestEntityTooLarge:
		return items, nil, fmt.Errorf("%w: %w", store.ErrUnavailable, err) // a proxy's, say
	}
	half := len(items) / 2
	again, refused, err = s.sendOne(ctx, items[:half])
	if err != nil {
		return append(again, items[half:]...), refused, err
	}
	more, r, err := s.sendOne(ctx, items[half:])
	return append(again, more...), refused.And(r), err
}

// refuse is the refusal of one document.
func refuse(i *item, why error) *store.RefusedError {
	if !i.span {
		return nil
	}
	return &store.RefusedError{Spans: 1, Err: why}
}

// outcome reads the answer to a request with items.
func (s *Store) outcome(items []item, answer []byte) (again []item, refused *store.RefusedError, err error) {
	var body struct {
		Items []map[string]struct {
			Status int        `json:"status"`
			Error  *itemError `json:"error"`
		} `json:"items"`
	}
	if err := json.Unmarshal(answer, &body); err != nil || len(body.Items) != len(items) {
		return items, nil, fmt.Errorf("%w: the answer to a bulk request is about %d of %d documents: %.100q", store.ErrUnavailable, len(body.Items), len(items), answer)
	}
	stored, twice := 0, 0
	for i, actions := range body.Items {
		for _, a := range actions { // there is one
			switch {
			case a.Status >= 200 && a.Status < 300:
				stored++
			case a.Status == http.StatusConflict: // it is there
				twice++
			case a.Error == nil:
				again = append(again, items[i])
				err = fmt.Errorf("%w: status %d of a document", store.ErrUnavailable, a.Status)
				continue
			case passing(a.Status, a.Error.Type, a.Error.Reason):
				again = append(again, items[i])
				err = unavailable(a.Error)
				continue
			default:
				refused = refused.And(refuse(&items[i], errors.New(a.Error.String())))
				continue
			}
			if !items[i].span {
				s.known.add(items[i].key)
			}
		}
	}
	s.counters.documents.WithLabelValues("stored").Add(float64(stored))
	s.counters.documents.WithLabelValues("known").Add(float64(twice))
	return again, refused, err
}

// unavailable is the error of documents that may be stored later. What is blocked is
// mostly for want of disk.
func unavailable(e *itemError) error {
	if e.Type == "cluster_block_exception" {
		return fmt.Errorf("%w: %w: %s", store.ErrUnavailable, store.ErrFull, e)
	}
	return fmt.Errorf("%w: %s", store.ErrUnavailable, e)
}
