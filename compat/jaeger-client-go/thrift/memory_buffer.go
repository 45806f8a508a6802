// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"bytes"
	"context"
)

// TMemoryBuffer is a transport in memory: what is written can be read.
type TMemoryBuffer struct {
	*bytes.Buffer
	size int
}

// NewTMemoryBuffer returns an empty buffer.
func NewTMemoryBuffer() *TMemoryBuffer { return &TMemoryBuffer{Buffer: &bytes.Buffer{}} }

// NewTMemoryBufferLen returns an empty buffer with room for size bytes, before it grows.
func NewTMemoryBufferLen(size int) *TMemoryBuffer {
	return &TMemoryBuffer{Buffer: bytes.NewBuffer(make([]byte, 0, size)), size: size}
}

// Open does nothing.
func (b *TMemoryBuffer) Open() error { return nil }

// IsOpen is always true.
func (b *TMemoryBuffer) IsOpen() bool { return true }

// Flush does nothing.
func (b *TMemoryBuffer) Flush(context.Context) error { return nil }

// Close empties the buffer.
func (b *TMemoryBuffer) Close() error {
	b.Reset()
	return nil
}

// RemainingBytes returns the number of bytes to read.
func (b *TMemoryBuffer) RemainingBytes() (num_bytes uint64) { return uint64(b.Len()) }

// TMemoryBufferTransportFactory makes memory buffers.
type TMemoryBufferTransportFactory struct {
	size int
}

// NewTMemoryBufferTransportFactory returns a factory of buffers with room for size bytes.
func NewTMemoryBufferTransportFactory(size int) *TMemoryBufferTransportFactory {
	return &TMemoryBufferTransportFactory{size: size}
}

// GetTransport returns a new buffer, as large as trans was made if that is a buffer with
// a size.
func (f *TMemoryBufferTransportFactory) GetTransport(trans TTransport) (TTransport, error) {
	if b, ok := trans.(*TMemoryBuffer); ok && b != nil && b.size > 0 {
		return NewTMemoryBufferLen(b.size), nil
	}
	return NewTMemoryBufferLen(f.size), nil
}
