// SPDX-License-Identifier: Apache-2.0

package spurhttp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/internal/guard"
)

// call is one request that a transport sends, until its span ends.
type call struct {
	span     *spur.Span
	ctx      context.Context // the caller's
	semantic bool
	phases   *phases // nil: none

	answered bool         // there is a body
	read     atomic.Int64 // of it
	once     sync.Once    // the end
}

// end finishes the span, the first time; other calls wait for that.
func (c *call) end(err error) {
	c.once.Do(func() {
		if err != nil {
			c.fail(err)
		}
		c.finish()
	})
}

// caught is deferred. If what was called did not return, it finishes the span and
// passes a panic on.
func (c *call) caught(returned *bool) {
	if *returned {
		return
	}
	p := recover()
	c.once.Do(func() {
		logPanic(c.span, p)
		c.finish()
	})
	if p != nil {
		panic(p)
	}
}

func (c *call) finish() {
	c.phases.end()
	if c.answered && c.span.IsRecording() {
		c.span.SetInt64(sizeTag(c.semantic), c.read.Load())
	}
	c.span.Finish()
}

// fail records why there is no answer, or not all of it, without the URL that
// net/http's errors quote with its query. That the caller has cancelled the request is
// no error.
func (c *call) fail(err error) {
	if !c.span.IsRecording() {
		return
	}
	if errors.Is(c.ctx.Err(), context.Canceled) {
		c.span.LogFields(cancelledEvent)
		return
	}
	var whole *url.Error
	_ = guard.Run(func() { errors.As(err, &whole) })
	if whole != nil && whole.Err != nil {
		err = whole.Err
	}
	c.span.SetError(err)
	if c.semantic {
		c.span.SetString("error.type", fmt.Sprintf("%T", err))
	}
}
