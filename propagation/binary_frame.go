// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// FrameReader is a BinaryPropagator that finds the end of a context by itself, so
// that a context can stand in front of other bytes, or on a stream that stays
// open. Others are given all that there is, up to 64 KiB.
type FrameReader interface {
	// ReadFrame reads the bytes of one context from r, and no more than those.
	// It returns what ParseBinary wants, or an error that wraps ErrCorrupted or
	// is r's. It blocks as r does and does not keep r.
	ReadFrame(r io.Reader) ([]byte, error)
}

var _ FrameReader = (*JaegerBinary)(nil)

// maxFrameBytes is where ReadFrame gives up.
const maxFrameBytes = 64 << 10

// ReadFrame implements FrameReader. Memory grows with what has arrived, not with
// what a length promises.
func (p *JaegerBinary) ReadFrame(r io.Reader) ([]byte, error) {
	frame, err := readOn(r, nil, binaryHeadBytes)
	if err != nil {
		return nil, err
	}
	members := int32(binary.BigEndian.Uint32(frame[binaryIDBytes:]))
	for range 2 * max(int64(members), 0) { // keys and values; a negative number is ParseBinary's to refuse
		if frame, err = readOn(r, frame, 4); err != nil {
			return nil, err
		}
		size := int32(binary.BigEndian.Uint32(frame[len(frame)-4:]))
		if size < 0 {
			return frame, nil // likewise
		}
		if frame, err = readOn(r, frame, int(size)); err != nil {
			return nil, err
		}
	}
	return frame, nil
}

// readOn appends n bytes of r to frame.
func readOn(r io.Reader, frame []byte, n int) ([]byte, error) {
	if n > maxFrameBytes-len(frame) {
		return nil, fmt.Errorf("%w: binary context of more than %d bytes", ErrCorrupted, maxFrameBytes)
	}
	from := len(frame)
	frame = append(frame, make([]byte, n)...)
	if _, err := io.ReadFull(r, frame[from:]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("%w: binary context is cut off after %d bytes", ErrCorrupted, from)
		}
		return nil, err
	}
	return frame, nil
}
