// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"bytes"
	"encoding/binary"

	"github.com/go-spur/spur/wire"
)

// spanCounter counts the spans of emitBatch messages. It decodes one of 64, and
// of the others looks at the head alone, so that it keeps up with any sender.
type spanCounter struct {
	process          []byte // as encoded in the message decoded last
	datagrams        uint64
	spans, malformed uint64
}

func (c *spanCounter) add(message []byte) {
	n, ok := c.peek(message)
	if !ok || c.datagrams%64 == 0 {
		m, err := wire.DecodeCompactMessage(message)
		if err != nil || ok && n != uint64(len(m.Batch.Spans)) {
			c.malformed++
			n = 0
		} else {
			c.process = wire.AppendCompactProcess(c.process[:0], m.Batch.Process)
			n = uint64(len(m.Batch.Spans))
		}
	}
	c.datagrams++
	c.spans += n
}

// peek reads the number of spans behind a process that is known.
func (c *spanCounter) peek(message []byte) (n uint64, ok bool) {
	const (
		version      = 2 // bytes in front of the sequence id
		method       = 1 + len("emitBatch")
		structHeads  = 2
		listHead     = 0x19
		longListSize = 15
	)
	if len(c.process) == 0 || len(message) < version {
		return 0, false
	}
	_, size := binary.Uvarint(message[version:])
	if size <= 0 || len(message) < version+size+method+structHeads {
		return 0, false
	}
	rest, ok := bytes.CutPrefix(message[version+size+method+structHeads:], c.process)
	if !ok || len(rest) < 2 || rest[0] != listHead {
		return 0, false
	}
	if n = uint64(rest[1] >> 4); n < longListSize {
		return n, true
	}
	n, size = binary.Uvarint(rest[2:])
	return n, size > 0
}
