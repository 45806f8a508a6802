// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-spur/spur/backend/store"
)

// outcome is what became of documents that were sent.
type outcome struct {
	again   []item // what the server may take later
	err     error  // why it did not, or why nothing is known
	refused refusals
}

// add adds what became of others. Of errors it keeps the first, or one that will not pass.
func (o *outcome) add(more outcome) {
	o.again = append(o.again, more.again...)
	o.refused.add(more.refused)
	if o.err == nil || more.err != nil && !errors.Is(more.err, store.ErrUnavailable) {
		o.err = more.err
	}
}

// refusals are documents that the server will never take.
type refusals struct {
	spans  *store.RefusedError
	others int   // that are no spans
	why    error // of the first of those
}

func (r *refusals) add(more refusals) {
	r.spans = r.spans.And(more.spans)
	if r.others += more.others; r.why == nil {
		r.why = more.why
	}
}

func (r *refusals) count() int {
	if r.spans == nil {
		return r.others
	}
	return r.spans.Spans + r.others
}

// refuse is the refusal of one document.
func refuse(i *item, why error) refusals {
	if !i.span {
		return refusals{others: 1, why: why}
	}
	return refusals{spans: &store.RefusedError{Spans: 1, Err: why}}
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

// read reads the answer to a request with items.
func (s *Store) read(items []item, answer []byte) (o outcome) {
	var body struct {
		Items []map[string]struct {
			Status int        `json:"status"`
			Error  *itemError `json:"error"`
		} `json:"items"`
	}
	if err := json.Unmarshal(answer, &body); err != nil || len(body.Items) != len(items) {
		return outcome{again: items, err: unavailable(fmt.Errorf("the answer to a bulk request is about %d of %d documents: %.100q", len(body.Items), len(items), answer))}
	}
	stored, twice := 0, 0
	for i, actions := range body.Items {
		one := outcome{again: items[i : i+1], err: unavailable(fmt.Errorf("an answer has %d actions of a document, and not one", len(actions)))}
		for _, a := range actions {
			switch {
			case len(actions) != 1:
			case a.Status >= 200 && a.Status < 300:
				stored++
				one = outcome{}
			case a.Status == http.StatusConflict: // it is there
				twice++
				one = outcome{}
			case a.Error == nil:
				one.err = unavailable(fmt.Errorf("status %d of a document", a.Status))
			case passing(a.Status, a.Error.Type, a.Error.Reason):
				one.err = blocked(a.Error)
			default:
				one = outcome{refused: refuse(&items[i], errors.New(a.Error.String()))}
			}
		}
		if one.err == nil && one.refused == (refusals{}) && items[i].key != "" {
			s.known.add(items[i].key)
		}
		o.add(one)
	}
	s.counters.documents.WithLabelValues("stored").Add(float64(stored))
	s.counters.documents.WithLabelValues("known").Add(float64(twice))
	return o
}

// blocked is the error of a document that may be stored later. An index that may not be
// written to is mostly so for want of disk.
func blocked(e *itemError) error {
	if e.Type == "cluster_block_exception" {
		return fmt.Errorf("%w: %w: %s", store.ErrUnavailable, store.ErrFull, e)
	}
	return unavailable(errors.New(e.String()))
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", store.ErrUnavailable, err) }
