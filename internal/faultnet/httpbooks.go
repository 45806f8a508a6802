// SPDX-License-Identifier: Apache-2.0

package faultnet

import (
	"net/http"
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

// Requests returns the requests read whole so far, in the order they were read.
// Their headers and bodies are not to be changed.
func (p *HTTPPeer) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Request, len(p.requests))
	for i, r := range p.requests {
		out[i] = *r
	}
	return out
}

func (e *exchange) record(r *Request) {
	r.Time, r.Connection = time.Now(), e.number
	e.peer.mu.Lock()
	defer e.peer.mu.Unlock()
	e.peer.requests = append(e.peer.requests, r)
}

// accept enters into the books whether b takes the request. It comes before the
// answer: whoever has read that finds the books right.
func (e *exchange) accept(r *Request, b Behaviour) {
	e.peer.mu.Lock()
	defer e.peer.mu.Unlock()
	r.Accepted = r.Err == nil && b.accepts()
}
