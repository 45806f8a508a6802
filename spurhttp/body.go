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
	ended   atomic.Bool
}

// writableBody is the body of an answer with status 101, which is the connection.
type writableBody struct {
	*body
	io.Writer
}

// follow returns b such that span ends with it: at once when there is nothing to
// read.
func follow(b io.ReadCloser, span *spur.Span, p *phases, sizeTag string) io.ReadCloser {
	tracked := &body{ReadCloser: b, span: span, phases: p, sizeTag: sizeTag}
	if b == nil || b == http.NoBody {
		tracked.end(nil)
		return b
	}
	if w, ok := b.(io.Writer); ok {
		return writableBody{tracked, w}
	}
	return tracked
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read.Add(int64(n))
	if err != nil {
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
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
