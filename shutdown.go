// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"errors"
	"time"
)

// Flush returns when every span finished before the call has been dealt with, or
// soon after ctx ends, with its error.
func (t *Tracer) Flush(ctx context.Context) error { return t.reporter.Flush(ctx) }

// Shutdown flushes, stops the tracer's goroutines and closes reporters, sampler,
// baggage restrictions and debug throttler. It returns within ctx plus 100 ms;
// spans there was no time for are counted as dropped, reason closed, as are those
// that finish later. A second call does nothing. Only a Close of the user's that
// hangs, of one of the last three, can leave a goroutine behind: the one that
// waits for it.
func (t *Tracer) Shutdown(ctx context.Context) error {
	t.samplerMu.Lock()
	first := !t.samplerClosed
	t.samplerClosed = true
	t.samplerMu.Unlock()
	if !first {
		return t.reporter.Close(ctx)
	}
	sampler, restrictions, throttler := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { sampler <- closeSampler(t.sampler.Load().Sampler) }()
	go func() { restrictions <- t.closeRestrictions() }()
	go func() { throttler <- closeThrottler(t.debug) }()
	err := t.reporter.Close(ctx)
	return errors.Join(err, await(ctx, sampler, restrictions, throttler))
}

// closeGrace is how long Shutdown waits for the user's Close beyond ctx.
const closeGrace = 100 * time.Millisecond

// await waits for results until shortly after ctx ends, and joins them.
func await(ctx context.Context, closed ...<-chan error) error {
	over, end := context.WithCancel(context.Background())
	defer end()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(closeGrace, end) })()
	var errs []error
	for _, c := range closed {
		select {
		case err := <-c:
			errs = append(errs, err)
			continue
		case <-over.Done():
		}
		select {
		case err := <-c: // it was there, too
			errs = append(errs, err)
		default:
			errs = append(errs, ctx.Err())
		}
	}
	return errors.Join(errs...)
}

// closeTimeout bounds Close.
const closeTimeout = 5 * time.Second

// Close is Shutdown with 5 seconds. It implements io.Closer.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return t.Shutdown(ctx)
}
