// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"net/http"
	"slices"
	"time"
)

// Request is a request that an HTTPPeer has read whole.
type Request struct {
	Time       time.Time // when it had been read
	Method     string
	Path       string // with the query
	Host       string
	Header     http.Header
	Body       []byte // decompressed
	Sent       int    // bytes of the body as they came
	Connection int    // which connection of the peer carried it, from 1
	Behaviour  string // what it met
	Accepted   bool   // the peer took it: a client may count its content as delivered
	Err        error  // what was wrong with it; answered 400 or 413 and not accepted
}

// record is a Request in the books.
type record struct {
	Request
	settled bool // Accepted changes no more
}

// Requests returns the requests read whole so far and not taken by Take, in the
// order they were read. Their headers and bodies are not to be changed.
func (p *HTTPPeer) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Request, len(p.records))
	for i, r := range p.records {
		out[i] = r.Request
	}
	return out
}

// Take returns the requests whose Accepted changes no more and forgets them, so
// that a long test can count them as it goes. A request that was answered is among
// them; a Slow one is not before its time. After Close it returns all that are left.
func (p *HTTPPeer) Take() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Request
	p.records = slices.DeleteFunc(p.records, func(r *record) bool {
		if r.settled {
			out = append(out, r.Request)
		}
		return r.settled
	})
	return out
}

// Seen is how many requests have come as far as the end of their header.
func (p *HTTPPeer) Seen() int { return p.count(&p.seen) }

func (e *exchange) record(r Request) *record {
	r.Time, r.Connection = time.Now(), e.number
	rec := &record{Request: r}
	e.peer.mu.Lock()
	defer e.peer.mu.Unlock()
	e.peer.records = append(e.peer.records, rec)
	return rec
}

// accept enters into the books whether b takes the request. It comes before the
// answer: whoever has read that finds the books right.
func (e *exchange) accept(rec *record, b Behaviour) {
	e.peer.mu.Lock()
	defer e.peer.mu.Unlock()
	rec.Accepted = rec.Err == nil && b.accepts()
	rec.settled = true
}

// settle says that rec was accepted by now, or never will be.
func (e *exchange) settle(rec *record) {
	e.peer.mu.Lock()
	defer e.peer.mu.Unlock()
	rec.settled = true
}
