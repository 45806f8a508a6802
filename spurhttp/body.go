// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

// body is an answer's body that ends the call when it ends.
type body struct {
	io.ReadCloser
	call    *call
	closing atomic.Bool // what Read says from then on is the caller's doing
	unwatch func() bool // stops waiting for the end of the context
}

// connection is the body of an answer with status 101: the connection itself, with
// which the span ends.
type connection struct {
	*body
	io.Writer
}

// CloseWrite ends one direction, if the connection can do that.
func (c connection) CloseWrite() error {
	if w, ok := c.Writer.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return errors.ErrUnsupported
}

// follow returns resp's body such that the call ends with it, at once when there is
// nothing to read, or with the caller's context. No goroutine waits for that.
func follow(resp *http.Response, method string, c *call) io.ReadCloser {
	b := resp.Body
	c.answered = true
	w, writable := b.(io.Writer)
	if !writable && (b == nil || b == http.NoBody || method == http.MethodHead ||
		resp.ContentLength == 0 && resp.ProtoMajor > 1) { // which has no http.NoBody
		c.end(nil)
		return b
	}
	tracked := &body{ReadCloser: b, call: c, unwatch: func() bool { return true }}
	if c.ctx.Done() != nil {
		tracked.unwatch = context.AfterFunc(c.ctx, func() {
			if writable { // the context was for the handshake
				c.end(nil)
				return
			}
			c.end(c.ctx.Err())
		})
	}
	if writable {
		return connection{tracked, w}
	}
	return tracked
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	returned := false
	defer b.call.caught(&returned)
	n, err := b.ReadCloser.Read(p)
	returned = true
	b.call.read.Add(int64(n))
	if err != nil && !b.closing.Load() {
		b.unwatch()
		if err == io.EOF {
			b.call.end(nil)
		}
		b.call.end(err)
	}
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error {
	b.closing.Store(true)
	b.unwatch()
	returned := false
	defer b.call.caught(&returned)
	err := b.ReadCloser.Close()
	returned = true
	b.call.end(nil)
	return err
}
