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

// Shutdown flushes, stops the tracer's goroutines and closes reporters, sampler
// and baggage restrictions. It returns within ctx plus 100 ms; spans there was no
// time for are counted as dropped, reason closed, as are those that finish later.
// A second call does nothing. Only a sampler or restrictions of the user's whose
// Close hangs can leave a goroutine behind: the one that waits for it.
func (t *Tracer) Shutdown(ctx context.Context) error {
	t.samplerMu.Lock()
	first := !t.samplerClosed
	t.samplerClosed = true
	t.samplerMu.Unlock()
	if !first {
		return t.reporter.Close(ctx)
	}
	closed := make(chan error, 1)
	go func() {
		closed <- errors.Join(closeSampler(t.sampler.Load().Sampler), t.closeRestrictions())
	}()
	err := t.reporter.Close(ctx)
	return errors.Join(err, await(ctx, closed))
}

// closeGrace is how long Shutdown waits for the user's Close beyond ctx.
const closeGrace = 100 * time.Millisecond

// await waits for a result until shortly after ctx ends.
func await(ctx context.Context, closed <-chan error) error {
	select {
	case err := <-closed:
		return err
	case <-ctx.Done():
	}
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case err := <-closed:
		return err
	case <-grace.C:
		return ctx.Err()
	}
}

// closeTimeout bounds Close.
const closeTimeout = 5 * time.Second

// Close is Shutdown with 5 seconds. It implements io.Closer.
func (t *Tracer) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return t.Shutdown(ctx)
}
