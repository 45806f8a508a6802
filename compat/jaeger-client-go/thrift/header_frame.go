// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
)

// headSize is that of a frame's first part: magic number and flags, sequence id, and the
// size of the head that follows, in words of four bytes.
const headSize = 10

// ReadFrame reads a frame, unless one is still being read or the peer sends none. A frame
// that is larger than the configuration allows is an exception, before transforms are
// undone and afterwards.
func (t *THeaderTransport) ReadFrame(ctx context.Context) error {
	if t.peer != peerUnknown && (!t.peer.framed() || t.frame != nil) {
		return nil
	}
	first, err := t.peek(ctx)
	if err != nil {
		return err
	}
	if p := messagePeer(first, peerBinary, peerCompact); p != peerUnknown {
		t.peer = p
		return nil
	}
	size := binary.BigEndian.Uint32(first)
	if size > THeaderMaxFrameSize || size > uint32(t.conf.GetMaxFrameSize()) {
		return NewTProtocolExceptionWithType(SIZE_LIMIT, errors.New("frame too large"))
	}
	var b bytes.Buffer
	if _, err := t.reader.Discard(len(first)); err != nil {
		return err
	}
	if _, err := io.CopyN(&b, t.reader, int64(size)); err != nil {
		return err
	}
	return t.open(ctx, b.Bytes())
}

// peek waits for the first four bytes of a frame or message.
func (t *THeaderTransport) peek(ctx context.Context) ([]byte, error) {
	for {
		first, err := t.reader.Peek(4)
		if !again(ctx, err) {
			return first, err
		}
	}
}

// messagePeer returns binary or compact if a message of that protocol begins with b.
func messagePeer(b []byte, binaryPeer, compactPeer peer) peer {
	switch {
	case binary.BigEndian.Uint32(b)&VERSION_MASK == VERSION_1:
		return binaryPeer
	case b[0] == COMPACT_PROTOCOL_ID && b[1]&COMPACT_VERSION_MASK == COMPACT_VERSION:
		return compactPeer
	default:
		return peerUnknown
	}
}

// open begins to read a frame.
func (t *THeaderTransport) open(ctx context.Context, frame []byte) error {
	if len(frame) < 4 {
		return invalidData("a frame of %d bytes", len(frame))
	}
	if binary.BigEndian.Uint32(frame)&THeaderHeaderMask == THeaderHeaderMagic {
		return t.openHeaders(ctx, frame)
	}
	p := messagePeer(frame, peerFramedBinary, peerFramedCompact)
	if p == peerUnknown {
		return NewTProtocolExceptionWithType(NOT_IMPLEMENTED, errors.New("unsupported client transport type"))
	}
	t.peer, t.frame = p, bytes.NewReader(frame)
	return nil
}

func (t *THeaderTransport) openHeaders(ctx context.Context, frame []byte) error {
	if len(frame) < headSize {
		return invalidData("a frame of %d bytes", len(frame))
	}
	flags := binary.BigEndian.Uint32(frame) & THeaderFlagsMask
	sequence := int32(binary.BigEndian.Uint32(frame[4:]))
	size := 4 * int(binary.BigEndian.Uint16(frame[8:]))
	rest := frame[headSize:]
	if size > len(rest) {
		return NewTProtocolExceptionWithType(SIZE_LIMIT, errors.New("header size is larger than the whole frame"))
	}
	head := NewTCompactProtocol(&TMemoryBuffer{Buffer: bytes.NewBuffer(rest[:size])})
	head.conf = t.conf

	protocol, err := head.readUvarint()
	if err != nil {
		return err
	}
	payload, err := t.payload(head, rest[size:])
	if err != nil {
		return err
	}
	headers, err := readHeaders(ctx, head)
	if err != nil {
		return err
	}
	t.peer, t.protocol, t.Flags, t.SequenceID = peerHeaders, THeaderProtocolID(protocol), flags, sequence
	t.readHeaders, t.frame = headers, payload
	return nil
}

// payload undoes the transforms that head says.
func (t *THeaderTransport) payload(head *TCompactProtocol, b []byte) (*bytes.Reader, error) {
	count, err := head.readSize()
	if err != nil || count == 0 {
		return bytes.NewReader(b), err
	}
	transforms := make([]THeaderTransformID, count)
	for i := range transforms {
		id, err := head.readUvarint()
		if err != nil {
			return nil, err
		}
		transforms[i] = THeaderTransformID(id)
	}
	r := NewTransformReaderWithCapacity(bytes.NewReader(b), count)
	for _, id := range slices.Backward(transforms) {
		if err := r.AddTransform(id); err != nil {
			return nil, err
		}
	}
	limit := int64(t.conf.GetMaxMessageSize())
	all, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(all)) > limit {
		err = NewTProtocolExceptionWithType(SIZE_LIMIT, fmt.Errorf("a frame of more than %d bytes", limit))
	}
	if err != nil {
		return nil, err
	}
	return bytes.NewReader(all), r.Close()
}

// readHeaders reads the headers at the end of a head, up to a part that is not known,
// such as the padding.
func readHeaders(ctx context.Context, head *TCompactProtocol) (THeaderMap, error) {
	headers := THeaderMap{}
	for {
		info, err := head.readUvarint()
		if errors.Is(err, io.EOF) || (err == nil && THeaderInfoType(info) != InfoKeyValue) {
			return headers, nil
		}
		if err != nil {
			return nil, err
		}
		count, err := head.readSize()
		if err != nil {
			return nil, err
		}
		for range count {
			key, err := head.ReadString(ctx)
			if err != nil {
				return nil, err
			}
			if headers[key], err = head.ReadString(ctx); err != nil {
				return nil, err
			}
		}
	}
}

// Flush writes what was written since the last Flush, in the way of the peer, in a frame
// with headers to one that is not known, and flushes the transport below.
func (t *THeaderTransport) Flush(ctx context.Context) error {
	if t.written.Len() == 0 {
		return nil
	}
	defer t.written.Reset()

	if t.peer == peerUnknown {
		t.peer = peerHeaders
	}
	payload := t.written.Bytes()
	if t.peer == peerHeaders {
		var err error
		if payload, err = t.frameOf(payload); err != nil {
			return NewTTransportExceptionFromError(err)
		}
	}
	if t.peer.framed() {
		size := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
		if _, err := t.below.Write(size); err != nil {
			return NewTTransportExceptionFromError(err)
		}
	}
	if _, err := t.below.Write(payload); err != nil {
		return NewTTransportExceptionFromError(err)
	}
	if err := ctx.Err(); err != nil {
		return NewTTransportExceptionFromError(err)
	}
	return t.below.Flush(ctx)
}

// frameOf returns a frame with the headers to write and the transformed payload.
func (t *THeaderTransport) frameOf(payload []byte) ([]byte, error) {
	head := binary.AppendUvarint(nil, uint64(t.protocol))
	head = binary.AppendUvarint(head, uint64(len(t.transforms)))
	for _, id := range t.transforms {
		head = binary.AppendUvarint(head, uint64(id))
	}
	if len(t.writeHeaders) > 0 {
		head = binary.AppendUvarint(head, uint64(InfoKeyValue))
		head = binary.AppendUvarint(head, uint64(len(t.writeHeaders)))
		for _, key := range slices.Sorted(maps.Keys(t.writeHeaders)) {
			for _, s := range []string{key, t.writeHeaders[key]} {
				head = append(binary.AppendUvarint(head, uint64(len(s))), s...)
			}
		}
	}
	for len(head)%4 != 0 {
		head = append(head, 0)
	}
	if len(head)/4 > math.MaxUint16 {
		return nil, NewTProtocolExceptionWithType(SIZE_LIMIT, fmt.Errorf("headers of %d bytes", len(head)))
	}

	var frame bytes.Buffer
	first := binary.BigEndian.AppendUint32(nil, THeaderHeaderMagic|t.Flags&THeaderFlagsMask)
	first = binary.BigEndian.AppendUint32(first, uint32(t.SequenceID))
	frame.Write(binary.BigEndian.AppendUint16(first, uint16(len(head)/4)))
	frame.Write(head)
	w, err := NewTransformWriter(&frame, t.transforms)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(payload); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return frame.Bytes(), nil
}
