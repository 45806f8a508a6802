// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/transport"
	"github.com/uber/jaeger-client-go/internal/post"
)

// leastBatch is what an answer that says too large does not lower the limit below.
const leastBatch = 64 << 10

// roundTrips is a transport of spur's that sends with the program's http.RoundTripper.
type roundTrips struct {
	request *post.Request
	client  *http.Client
	limit   atomic.Int64 // bytes of a batch
}

func newRoundTrips(c *HTTPTransport) (*roundTrips, error) {
	r := &roundTrips{request: c.request(), client: c.client}
	r.limit.Store(transport.DefaultHTTPBatch)
	if _, err := r.request.New(context.Background(), nil); err != nil {
		return nil, err
	}
	return r, nil
}

// Format implements spur's transport.Transport.
func (r *roundTrips) Format() transport.Format { return transport.JaegerBatch }

// MaxBatch implements spur's transport.Transport.
func (r *roundTrips) MaxBatch() int { return int(r.limit.Load()) }

// Close implements spur's transport.Transport.
func (r *roundTrips) Close() error { return nil }

// Send implements spur's transport.Transport. A failed round trip may have written the
// batch.
func (r *roundTrips) Send(ctx context.Context, batch []byte) error {
	req, err := r.request.New(ctx, batch)
	if err != nil {
		return &transport.Error{Kind: transport.Permanent, Err: err}
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return &transport.Error{Kind: transport.Retryable, Written: ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded), Err: err}
	}
	defer resp.Body.Close()
	_, _ = post.Read(resp) // the status says it all
	if resp.StatusCode/100 == 2 {
		return nil
	}
	e := &transport.Error{Kind: kindOf(resp.StatusCode), Err: fmt.Errorf("error from collector: %d", resp.StatusCode)}
	switch e.Kind {
	case transport.Retryable:
		e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"))
	case transport.TooLarge:
		if len(batch) <= leastBatch {
			e.Kind = transport.Refused
		} else {
			r.limit.Store(int64(max(len(batch)/2, leastBatch)))
		}
	}
	return e
}

// kindOf sorts the statuses outside 200 to 299, as spur does.
func kindOf(status int) transport.Kind {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return transport.Retryable
	case http.StatusRequestEntityTooLarge:
		return transport.TooLarge
	}
	if status/100 == 4 {
		return transport.Refused
	}
	return transport.Permanent
}

// retryAfter reads the header in seconds or as a date, of at most an hour.
func retryAfter(header string) time.Duration {
	if s, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(s, 0), 3600)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(time.Until(at), 0), time.Hour)
	}
	return 0
}
