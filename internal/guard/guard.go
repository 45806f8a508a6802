// SPDX-License-Identifier: Apache-2.0

// Package guard calls code that is not ours: reporters, transports, samplers,
// observers, and whatever else a user can plug in. A panic in it becomes an error,
// and [Within] returns in time even when it hangs.
package guard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-spur/spur/internal/format"
)

var (
	// ErrPanic is wrapped by the error of a call that panicked, whose text has the
	// panic's value.
	ErrPanic = errors.New("panic")
	// ErrGoexit is the error of a call that ended its goroutine by runtime.Goexit.
	ErrGoexit = errors.New("runtime.Goexit was called")
)

// Grace is how long Await and Within wait after their context has ended.
const Grace = 100 * time.Millisecond

// maxText bounds what an error says of a panic's value, in bytes.
const maxText = 500

// Run calls f and returns nil, or an error that wraps ErrPanic if f panicked. It
// allocates nothing unless f panics. runtime.Goexit cannot be stopped: it ends the
// calling goroutine, as it does without Run.
func Run(f func()) (err error) {
	err = ErrGoexit // also a panic(nil) under GODEBUG=panicnil=1
	defer Recover(&err)
	f()
	return nil
}

// Recover, deferred, ends a panic and sets *err to an error that wraps ErrPanic. It is Run
// without a closure.
func Recover(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: %s", ErrPanic, Text(p))
	}
}

// Try is Run for a function that returns an error of its own.
func Try(f func() error) (err error) {
	if p := Run(func() { err = f() }); p != nil {
		return p
	}
	return err
}

// Within calls f on a goroutine of its own and returns f's error as Try does, or
// ErrGoexit. If f has not returned when ctx has been over for Grace, Within returns
// ctx's error and leaves the goroutine to wait for f.
func Within(ctx context.Context, f func() error) error {
	err := ErrGoexit
	done := make(chan struct{})
	go func() {
		defer close(done)
		err = Try(f)
	}()
	if !Await(ctx, done) {
		return ctx.Err()
	}
	return err
}

// Await waits for done until ctx has been over for Grace. It reports whether done
// was closed.
func Await(ctx context.Context, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
	}
	grace := time.NewTimer(Grace)
	defer grace.Stop()
	select {
	case <-done:
		return true
	case <-grace.C:
	}
	select {
	case <-done: // it was there, too
		return true
	default:
		return false
	}
}

// Text is the value of a panic in words, at most 500 bytes of valid UTF-8. Unlike
// fmt, it survives a value that contains itself.
func Text(p any) string {
	text, _ := format.String(p, maxText)
	return text
}
