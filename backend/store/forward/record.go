// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A file of the spool is records one after the other. A record is a head and the
// batch as OTLP. The head:
//
//	0   'w' while the batch waits, 'd' when it is done
//	1   magic
//	4   length of the batch
//	8   number of its spans
//	12  CRC-32C of the batch
//	16  CRC-32C of bytes 1 to 15
//
// Numbers are 32 bits, little endian. Byte 0 is the only one that is written again.
const (
	headSize = 20
	magic    = "sp\x01"

	waits byte = 'w'
	done  byte = 'd'
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type head struct {
	done   bool
	length int64
	spans  int
	sum    uint32
}

// appendRecord appends a batch that waits.
func appendRecord(b []byte, spans int, otlp []byte) []byte {
	start := len(b)
	b = append(append(b, waits), magic...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(otlp)))
	b = binary.LittleEndian.AppendUint32(b, uint32(spans))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(otlp, castagnoli))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start+1:], castagnoli))
	return append(b, otlp...)
}

// readHead reads a head, if b begins with one that can be true.
func readHead(b []byte) (h head, ok bool) {
	if len(b) < headSize || string(b[1:4]) != magic || crc32.Checksum(b[1:16], castagnoli) != binary.LittleEndian.Uint32(b[16:]) {
		return h, false
	}
	h.done = b[0] == done
	h.length = int64(binary.LittleEndian.Uint32(b[4:]))
	h.sum = binary.LittleEndian.Uint32(b[12:])
	spans := int64(binary.LittleEndian.Uint32(b[8:]))
	if h.length > longestRecord || spans > h.length { // a span has a byte, at least
		return h, false
	}
	h.spans = int(spans)
	return h, true
}

// nextHead returns the first head at offset or behind it, of a record that ends
// within size, and where it is. What it had to skip is damaged.
func nextHead(r io.ReaderAt, offset, size int64) (h head, at int64, ok bool, err error) {
	var b [headSize]byte
	if offset+headSize <= size {
		if _, err := r.ReadAt(b[:], offset); err != nil {
			return h, 0, false, err
		}
		if h, ok = readHead(b[:]); ok && offset+headSize+h.length <= size {
			return h, offset, true, nil
		}
	}
	return searchHead(r, offset+1, size)
}

// searchHead is nextHead behind damage.
func searchHead(r io.ReaderAt, offset, size int64) (h head, at int64, ok bool, err error) {
	window := make([]byte, searchBytes)
	for offset+headSize <= size {
		b := window[:min(int64(len(window)), size-offset)]
		if _, err := r.ReadAt(b, offset); err != nil {
			return h, 0, false, err
		}
		for i := 0; i+headSize <= len(b); i++ {
			next := bytes.Index(b[i+1:], []byte(magic))
			if i += next; next < 0 || i+headSize > len(b) {
				break
			}
			if h, ok = readHead(b[i:]); ok && offset+int64(i)+headSize+h.length <= size {
				return h, offset + int64(i), true, nil
			}
		}
		offset += int64(len(b)) - headSize + 1
	}
	return h, size, false, nil
}
