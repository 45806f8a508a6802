// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/go-spur/spur"
)

// body is an answer's body that ends the span when it ends.
type body struct {
	io.ReadCloser
	span    *spur.Span
	phases  *phases // nil: none
	sizeTag string
	read    atomic.Int64
	closing atomic.Bool // what Read says from then on is the caller's doing
	ended   atomic.Bool
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

// follow returns resp's body such that span ends with it: at once when there is
// nothing to read.
func follow(resp *http.Response, method string, span *spur.Span, p *phases, sizeTag string) io.ReadCloser {
	b := resp.Body
	tracked := &body{ReadCloser: b, span: span, phases: p, sizeTag: sizeTag}
	w, writable := b.(io.Writer)
	switch {
	case writable:
		return connection{tracked, w}
	case b == nil || b == http.NoBody || method == http.MethodHead,
		resp.ContentLength == 0 && resp.ProtoMajor > 1: // which has no http.NoBody
		tracked.end(nil)
		return b
	}
	return tracked
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read.Add(int64(n))
	if err != nil && !b.closing.Load() {
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
	b.closing.Store(true)
	err := b.ReadCloser.Close()
	b.end(nil)
	return err
}

// end finishes the span, the first time.
func (b *body) end(err error) {
	if b.ended.Swap(true) {
		return
	}
	b.phases.end()
	if err != nil && !errors.Is(err, io.EOF) {
		b.span.SetError(err)
	}
	if b.span.IsRecording() {
		b.span.SetInt(b.sizeTag, b.read.Load())
	}
	b.span.Finish()
}
