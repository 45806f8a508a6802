// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"time"
)

// FlushAfter wraps a short-lived function, such as the handler of a serverless
// platform that freezes the process between invocations: after each call of fn
// every span finished so far is sent, then the result is returned. It waits
// timeout at most for that, 1 second when that is not positive; spans there was no
// time for stay in the queue and go with the next invocation. ctx ending does not
// cut the wait short. A panic of fn goes on, after the flush. The function may be
// called concurrently.
//
// Each invocation waits until every destination has dealt with its spans: while a
// collector is down, and its batches are tried again, that is the whole timeout,
// every time. Choose one that the callers can bear.
//
//	lambda.Start(spur.FlushAfter(tracer, time.Second, handle))
func FlushAfter[In, Out any](t *Tracer, timeout time.Duration, fn func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	if timeout <= 0 {
		timeout = time.Second
	}
	return func(ctx context.Context, in In) (Out, error) {
		defer t.flushWithin(ctx, timeout)
		return fn(ctx, in)
	}
}

func (t *Tracer) flushWithin(ctx context.Context, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	_ = t.Flush(ctx) // Stats shows what is waiting
}
