// SPDX-License-Identifier: Apache-2.0

package store

import "fmt"

// RefusedError is the error of a Write that stored all spans but some, which the engine's
// server will never take. nil is none.
type RefusedError struct {
	Spans int   // so many
	Err   error // why, of one of them
}

func (r *RefusedError) Error() string {
	return fmt.Sprintf("%d spans were refused: %v", r.Spans, r.Err)
}

// Unwrap returns Err.
func (r *RefusedError) Unwrap() error { return r.Err }

// Count returns Spans.
func (r *RefusedError) Count() int {
	if r == nil {
		return 0
	}
	return r.Spans
}

// And returns what r and o refuse together, with the reason of the first.
func (r *RefusedError) And(o *RefusedError) *RefusedError {
	switch {
	case r == nil:
		return o
	case o == nil:
		return r
	}
	return &RefusedError{Spans: r.Spans + o.Spans, Err: r.Err}
}
