// SPDX-License-Identifier: Apache-2.0

package spurtest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/go-spur/spur"
)

// ErrBooks is what Balance wraps.
var ErrBooks = errors.New("spurtest: books do not balance")

// Balance checks the promise of spur.Stats: every finished sampled span is, at
// every destination, sent, unconfirmed, dropped for a reason or waiting, and
// only one of them. The error names each destination for which the numbers
// differ, with the numbers. st must be a snapshot of a moment when no span was
// being finished.
func Balance(st spur.Stats) error {
	var errs []error
	for i := range st.Destinations {
		d := &st.Destinations[i]
		dropped := d.DroppedTotal()
		if st.Spans.FinishedSampled == d.Sent+d.Unconfirmed+dropped+d.BufferedSpans {
			continue
		}
		errs = append(errs, fmt.Errorf("%w: %s: %d spans finished, but %d sent + %d unconfirmed + %d dropped + %d waiting",
			ErrBooks, d.Name, st.Spans.FinishedSampled, d.Sent, d.Unconfirmed, dropped, d.BufferedSpans))
	}
	return errors.Join(errs...)
}

// balanceTimeout is what goroutines get that are in Finish when a test ends.
const balanceTimeout = time.Second

// audit closes a tracer and fails the test if its books do not balance, or if
// its recorder was full.
func audit(t testing.TB, tracer *spur.Tracer, r *Recorder) {
	t.Helper()
	if err := tracer.Close(); err != nil {
		t.Errorf("spurtest: closing the tracer: %v", err)
	}
	var err error
	if !eventually(balanceTimeout, func() bool {
		err = Balance(tracer.Stats())
		return err == nil
	}) {
		t.Error(err)
	}
	if n := r.dropped(); n > 0 {
		t.Errorf("spurtest: the recorder was full: %d spans are missing in it", n)
	}
}

// eventually asks until the answer is true, or false for that long.
func eventually(timeout time.Duration, ok func() bool) bool {
	for end := time.Now().Add(timeout); time.Now().Before(end); <-time.After(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}
