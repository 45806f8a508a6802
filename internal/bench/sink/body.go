// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"bytes"
	"encoding/binary"

	"github.com/go-spur/spur/wire"
)

// thriftCounter counts the spans of Batch structs: like spanCounter, by the head
// alone where the process is known.
type thriftCounter struct {
	head    []byte // up to the number of spans
	batches int
}

func (c *thriftCounter) count(b []byte) (n uint64, ok bool) {
	rest, known := bytes.CutPrefix(b, c.head)
	known = known && len(c.head) > 0 && len(rest) >= 4
	if known {
		n = uint64(binary.BigEndian.Uint32(rest))
	}
	c.batches++
	if known && c.batches%64 != 1 {
		return n, true
	}
	batch, err := wire.DecodeBinaryBatch(b)
	if err != nil || known && n != uint64(len(batch.Spans)) {
		return 0, false
	}
	head := wire.AppendBinaryBatchHead(nil, wire.AppendBinaryProcess(nil, batch.Process), 0)
	c.head = head[:len(head)-4]
	return uint64(len(batch.Spans)), true
}

// countOTLP counts the protobuf messages at a path of field numbers.
func countOTLP(b []byte, path ...uint64) (n uint64, ok bool) {
	for len(b) > 0 {
		key, size := binary.Uvarint(b)
		if size <= 0 {
			return 0, false
		}
		b = b[size:]
		var skip uint64
		switch key & 7 {
		case 0:
			if _, size = binary.Uvarint(b); size <= 0 {
				return 0, false
			}
			skip = uint64(size)
		case 1:
			skip = 8
		case 2:
			if skip, size = binary.Uvarint(b); size <= 0 {
				return 0, false
			}
			b = b[size:]
		case 5:
			skip = 4
		default:
			return 0, false
		}
		if skip > uint64(len(b)) {
			return 0, false
		}
		if key == path[0]<<3|2 {
			inside := uint64(1)
			if len(path) > 1 {
				if inside, ok = countOTLP(b[:skip], path[1:]...); !ok {
					return 0, false
				}
			}
			n += inside
		}
		b = b[skip:]
	}
	return n, true
}
