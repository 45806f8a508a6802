// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

func (h *HTTP) send(parent context.Context, batch []byte) *Error {
	ctx, cancel := context.WithTimeout(parent, h.options.Timeout)
	defer cancel()
	content, err := h.pack(ctx, batch)
	if err != nil {
		return h.retryable("starting", h.ended(parent), false, "")
	}
	return h.exchange(parent, ctx, content, len(batch))
}

// pack compresses batch if that is asked for. What it returns is good until the
// next call.
func (h *HTTP) pack(ctx context.Context, batch []byte) ([]byte, error) {
	if !h.options.Gzip || ctx.Err() != nil {
		return batch, ctx.Err()
	}
	h.zipped.Reset()
	if h.zip == nil {
		h.zip, _ = gzip.NewWriterLevel(&h.zipped, gzip.BestSpeed) // the level is valid
	}
	h.zip.Reset(&h.zipped)
	const step = 256 << 10 // some milliseconds
	for len(batch) > 0 {
		n := min(step, len(batch))
		_, _ = h.zip.Write(batch[:n]) // a bytes.Buffer takes everything
		batch = batch[n:]
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	_ = h.zip.Close()
	return h.zipped.Bytes(), nil
}

// exchange writes one request and reads the answer. The client that is left may be
// used again.
func (h *HTTP) exchange(parent, ctx context.Context, content []byte, size int) *Error {
	c := h.connect()
	// The request's own context carries no values, for an instrumented program
	// puts hooks there; and it ends after the connection, so that the connection
	// sees first what ended it.
	inner, cancel := context.WithCancel(context.Background())
	defer cancel()
	end := func() { c.seal(); cancel() }
	stop := context.AfterFunc(ctx, end)
	defer stop()

	p := progress{written: make(chan struct{}, 1)}
	body := &requestBody{rest: content}
	defer body.detach()
	req := (&http.Request{
		Method: http.MethodPost, URL: h.target, Host: h.target.Host, Header: h.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: body, ContentLength: int64(len(content)), // no GetBody: net/http must not repeat it
		Close: time.Now().Before(h.oneShots),
	}).WithContext(httptrace.WithClientTrace(inner, p.trace()))
	resp, err := c.rt.RoundTrip(req)
	if err != nil {
		ended := ctx.Err() != nil
		h.disconnect()
		if ended {
			err = h.ended(parent)
		}
		return h.failure(c, &p, err, ended)
	}
	e, whole := h.judge(resp, size, end)
	if resp.StatusCode/100 == 2 && !p.complete(c) {
		e = h.unwritten(resp)
	}
	if !whole || resp.Close || req.Close || !p.wrote.Load() {
		h.disconnect() // before the body's Close, which waits for a farewell
	} else {
		c.last = time.Now()
	}
	_ = resp.Body.Close()
	return e
}

// failure says what it means that there is no answer. ended: because there was no
// more time.
func (h *HTTP) failure(c *client, p *progress, err error, ended bool) *Error {
	phase := "connecting"
	if p.connected.Load() {
		phase = "sending"
	}
	state := c.state()
	hint := cmp.Or(hintOfStart(state.start, h.target.Scheme), hintOf(err))
	if hint == "" && state.lost && !ended && !p.heard.Load() && c.last.IsZero() {
		hint = hintSilent
	}
	if !p.wrote.Load() || state.unsent {
		return h.retryable(phase, err, false, hint)
	}
	// An alert as the first that comes over a connection: TLS 1.3 has a client
	// learn after its first request that its certificate is not welcome.
	if op := (*net.OpError)(nil); c.last.IsZero() && errors.As(err, &op) && op.Op == "remote error" {
		return h.retryable("connecting", err, false, hint)
	}
	lost := state.lost || ended || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if p.heard.Load() && !lost {
		return &Error{Kind: Unconfirmed, Hint: hint, Err: h.hush("reading the answer", err)}
	}
	return h.retryable("waiting for the answer", err, true, hint)
}

func (h *HTTP) retryable(phase string, err error, written bool, hint string) *Error {
	if trouble := h.tls.trouble; trouble != nil && phase == "connecting" {
		err = fmt.Errorf("%w (%w; the last good content is in use)", err, trouble)
	}
	return &Error{Kind: Retryable, Written: written, Hint: hint, Err: h.hush(phase, err)}
}

// ended is the cause of an attempt that ran out of time.
func (h *HTTP) ended(parent context.Context) error {
	if err := parent.Err(); err != nil {
		return err
	}
	return fmt.Errorf("not done after %v: %w", h.options.Timeout, context.DeadlineExceeded)
}

// progress is how far an exchange got. net/http reports it on its goroutines.
type progress struct {
	connected, wrote, heard atomic.Bool
	written                 chan struct{} // has one element once writing is over
}

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { p.connected.Store(true) },
		WroteRequest:         p.over,
		GotFirstResponseByte: func() { p.heard.Store(true) },
	}
}

func (p *progress) over(i httptrace.WroteRequestInfo) {
	p.wrote.Store(i.Err == nil)
	select {
	case p.written <- struct{}{}:
	default:
	}
}

// complete reports whether the request that has been answered was written whole. The
// answer may be here a little before the writer has noticed that it is done.
func (p *progress) complete(c *client) bool {
	timer := time.NewTimer(graceWait)
	defer timer.Stop()
	select {
	case <-p.written:
	case <-timer.C:
	}
	state := c.state()
	return p.wrote.Load() && !state.unsent
}

// requestBody gives net/http the content while the Send lasts, and not longer: its
// goroutine may want more after an answer that came early.
type requestBody struct {
	mu       sync.Mutex
	rest     []byte
	detached bool
}

func (b *requestBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.detached {
		return 0, net.ErrClosed
	}
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *requestBody) Close() error { return nil }

func (b *requestBody) detach() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest, b.detached = nil, true
}
