// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"context"
	"time"
)

// deadline is all that stops the sender: the budget for retries, what a receiver
// asks for, and the end of Close's context. allows answers for all of them whether
// there is another attempt, and rest waits for it. DESIGN.md has the table.
// Close itself interrupts a wait, unless the receiver asked for it.
type deadline struct {
	budget    time.Duration
	downAfter time.Duration
	noRetry   bool

	// The sender's.
	failing time.Time     // when the first attempt failed since a batch was answered
	down    time.Duration // how long that was before Close, if everything was given up for it

	closing chan struct{}   // closed when Close begins
	ctx     context.Context // for Send: ends when Close gives up
	giveUp  context.CancelFunc

	// Set by begin; then the sender's.
	by       time.Time // when Close's context ends, or zero
	began    time.Time // when Close began
	progress time.Time // the same, or when a batch was answered since
}

func newDeadline(o *BatchingOptions) deadline {
	d := deadline{budget: o.RetryBudget, downAfter: o.DownAfter, noRetry: o.NoRetry, closing: make(chan struct{})}
	d.ctx, d.giveUp = context.WithCancel(context.Background())
	return d
}

// begin is called once, by Close. stop frees what it takes.
func (d *deadline) begin(ctx context.Context) (stop func() bool) {
	if ctx.Err() != nil {
		d.giveUp() // at once: nothing more is sent
	}
	d.by, _ = ctx.Deadline()
	d.began = time.Now()
	d.progress = d.began
	close(d.closing)
	return context.AfterFunc(ctx, d.giveUp)
}

// closed says whether Close has begun, and over whether it has given up.
func (d *deadline) closed() bool { return isClosed(d.closing) }
func (d *deadline) over() bool   { return d.ctx.Err() != nil }

// fail notes that an attempt failed, and advance that a batch was answered for good.
func (d *deadline) fail() {
	if d.failing.IsZero() {
		d.failing = time.Now()
	}
}

func (d *deadline) advance() {
	d.failing = time.Time{}
	if d.closed() {
		d.progress = time.Now()
	}
}

// allows says whether a batch may be tried again after a wait, first being when it
// was tried first and a what came of it now, and else why not.
func (d *deadline) allows(wait time.Duration, first time.Time, a *answer) (why Reason, ok bool) {
	next := time.Now().Add(wait)
	switch {
	case d.over():
		return Closed, false
	case d.noRetry || d.closed() && a.NoReceiver:
		return SendError, false
	case d.closed() && d.began.Sub(d.failing) >= d.downAfter:
		d.down = d.began.Sub(d.failing)
		d.giveUp()
		return Closed, false
	case d.closed() && d.by.IsZero() && next.Sub(d.progress) > d.budget:
		d.giveUp()
		return Closed, false
	case next.Sub(first) > d.budget:
		return RetryExhausted, false
	case d.tooLate(next):
		return Closed, false
	}
	return 0, true
}

// tooLate says whether t is after the deadline of Close, which has begun.
func (d *deadline) tooLate(t time.Time) bool {
	return d.closed() && !d.by.IsZero() && t.After(d.by)
}

// rest waits before an attempt, and false says that Close leaves no time for it.
// When Close begins, a wait of our own is over (hurried), and one that the receiver
// asked for goes on. meanwhile is called every second.
func (d *deadline) rest(wait time.Duration, asked bool, meanwhile func()) (hurried, ok bool) {
	end := time.Now().Add(wait)
	timer, tick := time.NewTimer(wait), time.NewTicker(time.Second)
	defer timer.Stop()
	defer tick.Stop()
	closing := (<-chan struct{})(d.closing)
	if d.closed() {
		closing = nil
	}
	for {
		select {
		case <-timer.C:
			return false, !d.over()
		case <-tick.C:
			meanwhile()
		case <-closing:
			closing = nil
			if !asked {
				return true, !d.over()
			}
			if d.tooLate(end) {
				return false, false
			}
		case <-d.ctx.Done():
			return false, false
		}
	}
}

// pause is a wait between two datagrams.
func (d *deadline) pause(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-d.ctx.Done():
		return d.ctx.Err()
	}
}
