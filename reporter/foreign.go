// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/transport"
)

// What follows is all that is called of the transport while the sender runs. It is
// foreign code, and so are the methods of the errors that it returns: they may
// panic, and they may call Stats. So each call has a recover, no lock is held
// meanwhile, and what comes back becomes plain data at once.

// mostBatch bounds what MaxBatch may say: more is taken as this much.
const mostBatch = 64 << 20

// answer is what the transport said of a batch.
type answer struct {
	kind         transport.Kind
	retryAfter   time.Duration
	rejected     int64  // of Partial
	written      bool   // of Retryable
	previousLost bool   // the batch that was last accepted never arrived
	text         string // of the error; "" when all went well
}

// read turns what Send or Confirm returned into an answer. An error that is no
// *transport.Error breaks the contract and says nothing but that the batch was not
// accepted.
func read(err error) answer {
	if err == nil {
		return answer{}
	}
	var e *transport.Error
	if !errors.As(err, &e) {
		e = &transport.Error{Kind: transport.Retryable, Err: err}
	}
	if e == nil || e.Kind == transport.Accepted && !e.PreviousLost {
		return answer{}
	}
	return answer{
		kind: e.Kind, retryAfter: e.RetryAfter, rejected: e.Rejected,
		written: e.Written, previousLost: e.PreviousLost, text: textOf(e),
	}
}

// textOf survives an Error method that panics: the kind stands all the same.
func textOf(e *transport.Error) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("transport: %s, and the error's text cannot be read: panic: %s", e.Kind, said(p))
		}
	}()
	return shorten(e.Error())
}

// attempt makes one attempt, after the pause that the pacing asks for. A panic is
// taken as a failure for good.
func (r *Batching) attempt(message []byte) (a answer) {
	defer r.measure() // what was too large may have lowered it
	defer func() {
		if p := recover(); p != nil {
			a = read(&transport.Error{Kind: transport.Permanent, Err: panicked("Send", p)})
		}
	}()
	if r.pace {
		if err := r.pause(len(message)); err != nil {
			return read(&transport.Error{Kind: transport.Retryable, Err: err})
		}
	}
	return read(r.t.Send(r.ctx, message))
}

// ask is Confirm. A transport that panics is taken to have lost the batch.
func (r *Batching) ask() (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = read(&transport.Error{PreviousLost: true, Err: panicked("Confirm", p)})
		}
	}()
	return read(r.confirmer.Confirm())
}

// measure asks for MaxBatch and keeps the answer, which maxBatch returns from then
// on: Report must not run foreign code under its locks.
func (r *Batching) measure() {
	defer func() { _ = recover() }() // the last answer stands
	r.limit.Store(int64(min(r.t.MaxBatch(), mostBatch)))
}

// maxBatch is the largest message in bytes. It may be called from any goroutine.
func (r *Batching) maxBatch() int { return int(r.limit.Load()) }

// address is where batches go, or "". It may be called from any goroutine, without
// a lock.
func (r *Batching) address() (address string) {
	if r.addresser == nil {
		return ""
	}
	defer func() {
		if p := recover(); p != nil {
			address = shorten(panicked("Address", p).Error())
		}
	}()
	return r.addresser.Address()
}

func (r *Batching) closeTransport() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked("Close", p)
		}
	}()
	return r.t.Close()
}

func panicked(method string, p any) error {
	return fmt.Errorf("reporter: the transport's %s panicked: %s", method, said(p))
}

// said is the value of a panic in words, bounded: fmt would not survive a map that
// contains itself.
func said(p any) string {
	text, _ := format.String(p, 500)
	return text
}

// shorten keeps error texts, which may quote a receiver's answer, below 1 KiB.
func shorten(text string) string {
	const most = 1000
	if len(text) > most {
		return text[:cutAt(text, most)] + "…"
	}
	return text
}
