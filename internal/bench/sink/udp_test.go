// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"math"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

func TestSpanCounter(t *testing.T) {
	one := wire.AppendCompactProcess(nil, &model.Process{Service: "one"})
	two := wire.AppendCompactProcess(nil, &model.Process{Service: "two", Tags: []model.Tag{{Key: "k", Value: model.Int64(1)}}})
	message := func(process []byte, seq int32, spans int) []byte {
		m := wire.AppendCompactMessageHead(nil, seq, process, spans)
		for range spans {
			m = wire.AppendCompactSpan(m, &model.Span{Operation: "op"})
		}
		return wire.AppendCompactMessageTail(m, int64(seq), nil)
	}
	var c spanCounter
	for i, n := range []int{1, 0, 14, 15, 300} {
		c.add(message(one, int32(100*i), n))
	}
	c.add(message(two, 7, 20))
	for _, n := range []int{2, 130} {
		c.add(message(two, math.MaxInt32, n))
	}
	if c.spans != 482 || c.malformed != 0 {
		t.Errorf("%d spans and %d malformed messages, want 482 and 0", c.spans, c.malformed)
	}
	c.add(message(one, 1, 4)[:30])
	c.add([]byte("?"))
	c.add(nil)
	if c.spans != 482 || c.malformed != 3 {
		t.Errorf("after garbage %d spans and %d malformed messages, want 482 and 3", c.spans, c.malformed)
	}
	c.datagrams = 64 // the next is decoded
	if lie := wire.AppendCompactMessageHead(nil, 1, two, 5); true {
		c.add(wire.AppendCompactMessageTail(lie, 1, nil))
	}
	if c.malformed != 4 {
		t.Error("a message with fewer spans than it says was not noticed")
	}
}
