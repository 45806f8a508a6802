// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// byTrace is the order in which spans of traces are read.
var byTrace = []object{
	{"traceID": object{"order": "asc", "unmapped_type": "keyword"}},
	{"startTime": object{"order": "asc", "unmapped_type": "long"}},
	{"spanID": object{"order": "asc", "unmapped_type": "keyword"}},
}

// limit is how many documents are read, how many bytes of them, and how many bytes an answer
// has.
type limit struct{ spans, bytes, answer int }

// roomError is the store.ErrTooMuch of documents that a larger limit of bytes may have room for.
type roomError struct{ error }

func (e roomError) Unwrap() error { return e.error }

// spansOf calls each with the documents of traces, which start in w, page by page. It is
// store.ErrTooMuch if there are more than most.
func (s *Store) spansOf(ctx context.Context, indices string, ids []pcommon.TraceID, w trace.Window, most limit, each func(*hit) error) error {
	var texts []string
	for _, id := range ids {
		texts = append(texts, idTexts(id)...)
	}
	return s.pages(ctx, indices, all(append(inWindow(w), object{"terms": object{"traceID": texts}})...), most, each)
}

// pages calls each with all documents that meet a condition, unless they are more than most.
func (s *Store) pages(ctx context.Context, indices string, condition object, most limit, each func(*hit) error) error {
	size, largest := min(spanPage, s.config.PageSize), maxTie
	read, bytes := 0, 0
	var after []json.RawMessage
	for {
		body := object{"query": condition, "size": size, "sort": byTrace, "track_total_hits": false}
		if after != nil {
			body["search_after"] = after
		}
		f, err := s.searchUpTo(ctx, indices, body, most.answer)
		if errors.Is(err, errAnswer) {
			if size == 1 {
				return roomError{fmt.Errorf("%w: %w", store.ErrTooMuch, err)}
			}
			largest = size / 2 // and never more again
			size = max(size/8, 1)
			continue
		}
		if err != nil {
			return err
		}
		hits, err := f.inOrder(byTrace)
		if err != nil {
			return err
		}
		last := len(hits) < size
		if !last {
			// The next page begins behind a key: what shares the last one comes again, whole.
			if hits = beforeLast(hits); len(hits) == 0 {
				if size >= largest {
					tie := fmt.Errorf("%w: %d spans of a trace and more have the same start and id", store.ErrTooMuch, size)
					if largest < maxTie {
						return roomError{tie}
					}
					return tie
				}
				size = min(4*size, largest)
				continue
			}
		}
		for i := range hits {
			if read++; read > most.spans {
				return fmt.Errorf("%w: more than %d spans", store.ErrTooMuch, most.spans)
			}
			if bytes += len(hits[i].Source); bytes > most.bytes {
				return roomError{fmt.Errorf("%w: more than %d MiB of spans", store.ErrTooMuch, most.bytes>>20)}
			}
			if err := each(&hits[i]); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
		after = hits[len(hits)-1].Sort
	}
}

// beforeLast are the hits before those that stand where the last does.
func beforeLast(hits []hit) []hit {
	n := len(hits) - 1
	same := func(a, b json.RawMessage) bool { return string(a) == string(b) }
	for n > 0 && slices.EqualFunc(hits[n-1].Sort, hits[len(hits)-1].Sort, same) {
		n--
	}
	return hits[:n]
}
