// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/model"
)

// sent is what came of sending.
type sent struct {
	spans   int // accepted, as far as the protocol says
	traces  int // begun; those up to it are complete unless failed is more than 0
	retries int // payloads that were refused for now and sent again
	failed  int // spans that were refused for good
	took    time.Duration
}

// pace sends traces from first on, in the given number of spans a second, until
// last or until is over.
func (l *load) pace(ctx context.Context, first, last, rate, size int, until time.Duration,
	encode func([]model.Span) []byte, senders int, send func(context.Context, []byte) (retry bool, err error),
) (sent, error) {
	begin := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var out sent
	var accepted, retries atomic.Int64
	work := make(chan payload)
	var group sync.WaitGroup
	for range senders {
		group.Go(func() {
			for p := range work {
				again, err := send(ctx, p.bytes)
				for ; again && ctx.Err() == nil; again, err = send(ctx, p.bytes) {
					retries.Add(1)
					wait(ctx, 20*time.Millisecond)
				}
				if err != nil {
					cancel(err)
					return
				}
				accepted.Add(int64(p.spans))
			}
		})
	}

	blocks := make(chan []payload, 4)
	go func() {
		defer close(blocks)
		for n := first; n < last; n += blockTraces {
			select {
			case blocks <- l.payloads(n, min(n+blockTraces, last), size, encode):
			case <-ctx.Done():
				return
			}
		}
	}()
	given := 0
feed:
	for block := range blocks {
		if time.Since(begin) > until {
			break
		}
		for _, p := range block {
			wait(ctx, time.Until(begin.Add(time.Second*time.Duration(given)/time.Duration(rate))))
			select {
			case work <- p:
				given += p.spans
			case <-ctx.Done():
				break feed
			}
		}
		out.traces = min(out.traces+blockTraces, last-first)
	}
	close(work)
	group.Wait()
	out.spans, out.retries, out.took = int(accepted.Load()), int(retries.Load()), time.Since(begin)
	out.failed = given - out.spans
	return out, context.Cause(ctx)
}

// wait returns after d, or when ctx is done.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// toUDP returns a function that writes datagrams to addr.
func toUDP(ctx context.Context, addr string) (send func(context.Context, []byte) (bool, error), stop func(), err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "udp", addr)
	if err != nil {
		return nil, nil, err
	}
	return func(_ context.Context, b []byte) (bool, error) {
		_, err := conn.Write(b)
		return false, err
	}, func() { _ = conn.Close() }, nil
}

// toOTLP returns a function that posts bodies to url, and says whether to do so
// again because the receiver is busy.
func toOTLP(client *http.Client, url string) func(context.Context, []byte) (bool, error) {
	return func(ctx context.Context, b []byte) (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(b))
		if err != nil {
			return false, err
		}
		req.Header.Set("Content-Type", "application/x-protobuf")
		res, err := client.Do(req)
		if err != nil {
			return false, err
		}
		answer, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		_ = res.Body.Close()
		switch res.StatusCode {
		case http.StatusOK:
			return false, nil
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return true, nil
		}
		return false, fmt.Errorf("%s answers %s: %.200q", url, res.Status, answer)
	}
}
