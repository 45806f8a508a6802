// SPDX-License-Identifier: Apache-2.0

package links

import (
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// Result is what was computed.
type Result struct {
	Links []trace.Link // sorted by parent and child
	// Traces are those with a span in the window. Write counts one in each hour that it
	// has a span in.
	Traces int
	// TooLarge are those of them that the store does not give away, so that their
	// calls are missing; one may count on each page of a search. LeftOut are calls of links that there was no room for.
	TooLarge int
	LeftOut  int64
}

// Calls is the sum of all links.
func (r *Result) Calls() (n int64) {
	for i := range r.Links {
		n += r.Links[i].Calls
	}
	return n
}

// sum adds up links.
type sum struct {
	links store.Links
	bytes int    // of names
	rest  Result // without Links
}

func (s *sum) result() Result {
	r := s.rest
	r.Links = s.links.Answer()
	return r
}

func (s *sum) addResult(r *Result) {
	s.rest.Traces += r.Traces
	s.rest.TooLarge += r.TooLarge
	s.rest.LeftOut += r.LeftOut
	for i := range r.Links {
		s.add(&r.Links[i])
	}
}

// add adds a link, unless it is a new one for which there is no room.
func (s *sum) add(l *trace.Link) {
	if s.links[[2]string{l.Parent, l.Child}] == nil {
		size := len(l.Parent) + len(l.Child) + linkBytes
		if s.bytes+size > mostBytes {
			s.rest.LeftOut += l.Calls
			return
		}
		s.bytes += size
	}
	s.links.AddCalls(l.Parent, l.Child, l.Calls, l.Errors)
}
