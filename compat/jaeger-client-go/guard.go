// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"time"

	"github.com/go-spur/spur"
)

// guard runs code of the program's own: an observer, a sampler, a reporter. A panic is
// logged and goes no further. It reports whether f returned.
func (t *Tracer) guard(what string, f func()) (ok bool) {
	defer func() {
		if ok {
			return
		}
		if p := recover(); p != nil {
			t.logger.Error(fmt.Sprintf("%s panicked: %.500s", what, panicText(p)))
		}
	}()
	f()
	return true
}

// survive runs code of the program's own where nobody can be told of a panic.
func survive(f func()) {
	defer func() { _ = recover() }()
	f()
}

// attempt calls a transport. A panic is an error that costs n spans.
func attempt(n int, call func() (int, error)) (done int, err error) {
	defer func() {
		if p := recover(); p != nil {
			done, err = n, fmt.Errorf("the transport panicked: %.500s", panicText(p))
		}
	}()
	return call()
}

// try runs code of the program's own. A panic is an error that names it.
func try(what string, f func() error) (err error) {
	returned := false
	defer func() {
		if !returned {
			err = fmt.Errorf("%s panicked: %.500s", what, panicText(recover()))
		}
	}()
	err = f()
	returned = true
	return err
}

// errorText is the text of an error of the program's own, of at most 1,000 bytes.
func errorText(err error) (text string) {
	defer func() {
		if p := recover(); p != nil {
			text = fmt.Sprintf("%T", err)
		}
	}()
	return fmt.Sprintf("%.1000s", err.Error())
}

// panicText is what recover returned, of any type.
func panicText(p any) string { return spur.Freeze(p).String() }

// guardWithin is guard for what may hang: it is left behind soon after ctx ends. What does
// not hang returns in time, even if something before it has used up ctx.
func (t *Tracer) guardWithin(ctx context.Context, what string, f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.guard(what, f)
	}()
	select {
	case <-done:
		return
	case <-ctx.Done():
	}
	patience := time.NewTimer(closePatience)
	defer patience.Stop()
	select {
	case <-done:
	case <-patience.C:
		t.logger.Error(what + " hangs and is left behind")
	}
}
