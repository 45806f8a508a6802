// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// live answers GET /api/live?q=&columns= with server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html):
//
//	event: traces   data: {"traces":[…]}   traces, as in /api/search, that q finds and that were just written to
//	event: gap      data: {}               there were more than can be told: search again
//
// The same trace comes again when more of it arrives. An event's id is a
// cursor: with it in the header Last-Event-ID, as browsers send it, or the
// parameter cursor, the stream goes on behind that event.
func (s *server) live(w http.ResponseWriter, r *http.Request) error {
	p := params{r.URL.Query()}
	q, err := p.textQuery()
	if err != nil {
		return err
	}
	q.Limit = livePage
	if q.Cursor = r.Header.Get("Last-Event-ID"); q.Cursor == "" {
		q.Cursor = p.Get("cursor")
	}
	if !s.streams.TryAcquire(1) {
		return trace.ErrBusy
	}
	defer s.streams.Release(1)

	l := liveStream{w: w, query: q, store: s.Store}
	first, err := s.Store.Arrivals(r.Context(), q)
	if errors.Is(err, store.ErrCursor) { // of a store that was here before
		first, err = l.skip(r.Context())
	}
	if err != nil {
		return err // and not a stream that ends at once
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // or nginx waits for more
	if r.Method == http.MethodHead {
		return nil
	}
	return l.run(r.Context(), first)
}

// liveStream sends one client what arrives. It asks the store only when the
// client has taken what came before, so that a slow one holds up nobody.
type liveStream struct {
	w     http.ResponseWriter
	query trace.Query
	store store.Store
	sent  time.Time     // when something was written
	wait  time.Duration // how long it paused
	full  int           // full pages since it saw the end of what arrived
}

// run sends page and what follows, until the client or the store is gone.
func (l *liveStream) run(ctx context.Context, page trace.Page) error {
	for {
		if err := l.send(page); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(l.pause(page)):
		}
		l.query.Cursor = page.Cursor
		var err error
		if l.full < liveBacklog {
			page, err = l.store.Arrivals(ctx, l.query)
		} else {
			page, err = l.skip(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// pause returns when to ask for the page behind page: at once when there is
// more, soon while things arrive, else more and more seldom.
func (l *liveStream) pause(page trace.Page) time.Duration {
	if len(page.Traces) >= l.query.Limit {
		l.full++
		l.wait = 0
		return 0
	}
	l.full = 0
	if l.wait *= 2; page.Cursor != l.query.Cursor {
		l.wait = 0
	}
	l.wait = min(max(l.wait, livePoll), liveIdle)
	return l.wait
}

// skip goes to the end of what arrived.
func (l *liveStream) skip(ctx context.Context) (trace.Page, error) {
	q := l.query
	q.Cursor = ""
	page, err := l.store.Arrivals(ctx, q)
	page.CutAt = time.Now()
	return page, err
}

// send writes the events of page.
func (l *liveStream) send(page trace.Page) error {
	var b bytes.Buffer
	if !page.CutAt.IsZero() {
		b.WriteString("event: gap\ndata: {}\n")
	}
	if len(page.Traces) > 0 {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("event: traces\ndata: ")
		err := json.NewEncoder(&b).Encode(struct {
			Traces []traceSummary `json:"traces"`
		}{summaries(page.Traces)})
		if err != nil {
			return err
		}
	}
	if b.Len() == 0 && time.Since(l.sent) < liveHeartbeat {
		return nil
	}
	// Without data this is no event, but the client resumes from here.
	fmt.Fprintf(&b, "id: %s\n\n", page.Cursor)
	if _, err := l.w.Write(b.Bytes()); err != nil {
		return err
	}
	l.sent = time.Now()
	return http.NewResponseController(l.w).Flush()
}
