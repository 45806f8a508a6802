// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/transport"
)

// What follows is all that is called of the transport once the sender runs. It and
// the errors that it returns may panic and call Stats: each call is guarded, no lock
// is held meanwhile, and what comes back becomes plain data at once.

// mostBatch bounds what MaxBatch may say: more is taken as this much.
const mostBatch = 64 << 20

// answer is what the transport said of a batch.
type answer struct {
	transport.Error        // without its cause
	text            string // of the error, without its hint; "" when all went well
}

// read turns what Send or Confirm returned into an answer. An error that is no
// *transport.Error, against the contract, is taken as Retryable.
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
	a := answer{Error: *e}
	a.Hint = ""
	if p := guard.Run(func() { a.text = shorten(a.Error.Error()) }); p != nil {
		a.text = fmt.Sprintf("transport: %s, and the error's text cannot be read: %v", e.Kind, p)
	}
	a.Err, a.Hint = nil, shorten(e.Hint)
	return a
}

// attempt makes one attempt, after the pause that the pacing asks for. A panic is
// taken as a failure for good.
func (r *Batching) attempt(message []byte) (a answer) {
	p := guard.Run(func() {
		if r.pace {
			wait := r.pacer.delay(time.Now(), len(message), r.maxBatch())
			if err := r.deadline.pause(wait); err != nil {
				a = read(err)
				return
			}
		}
		a = read(r.t.Send(r.deadline.ctx, message))
	})
	if p != nil {
		a = read(&transport.Error{Kind: transport.Permanent, Err: inMethod("Send", p)})
	}
	r.measure() // what was too large may have lowered it
	return a
}

// ask is Confirm. A transport that panics is taken to have lost the batch for good:
// nothing says that it did not arrive.
func (r *Batching) ask() (a answer) {
	if p := guard.Run(func() { a = read(r.confirmer.Confirm()) }); p != nil {
		a = read(&transport.Error{Kind: transport.Permanent, PreviousLost: true, Err: inMethod("Confirm", p)})
	}
	return a
}

// measure asks for MaxBatch, for maxBatch to return. After a panic the last answer
// stands.
func (r *Batching) measure() {
	_ = guard.Run(func() { r.limit.Store(int64(max(0, min(r.t.MaxBatch(), mostBatch)))) })
}

func (r *Batching) maxBatch() int { return int(r.limit.Load()) }

// address is where batches go, or "". It may be called from any goroutine, without
// a lock.
func (r *Batching) address() (address string) {
	if r.addresser == nil {
		return ""
	}
	if p := guard.Run(func() { address = r.addresser.Address() }); p != nil {
		return shorten(inMethod("Address", p).Error())
	}
	return address
}

func (r *Batching) closeTransport() error {
	err := guard.Try(r.t.Close)
	if errors.Is(err, guard.ErrPanic) {
		return inMethod("Close", err)
	}
	return err
}

func inMethod(method string, err error) error {
	return fmt.Errorf("reporter: the transport's %s: %w", method, err)
}

// shorten keeps error texts, which may quote a receiver's answer, below 1 KiB.
func shorten(text string) string {
	const most = 1000
	if len(text) > most {
		return text[:cutAt(text, most)] + "…"
	}
	return text
}
