// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"io"
)

// Flusher is a transport that keeps what is written until it is flushed.
type Flusher interface {
	Flush() (err error)
}

// ContextFlusher is a [Flusher] with a context.
type ContextFlusher interface {
	Flush(ctx context.Context) (err error)
}

// ReadSizeProvider says how many bytes can still be read, the maximum of uint64 if it
// does not know.
type ReadSizeProvider interface {
	RemainingBytes() (num_bytes uint64)
}

// TTransport carries the bytes of protocols.
type TTransport interface {
	io.ReadWriteCloser
	ContextFlusher
	ReadSizeProvider

	Open() error
	IsOpen() bool
}

type stringWriter interface {
	WriteString(s string) (n int, err error)
}

// TRichTransport reads and writes single bytes and strings, too.
type TRichTransport interface {
	io.ReadWriter
	io.ByteReader
	io.ByteWriter
	stringWriter
	ContextFlusher
	ReadSizeProvider
}

// RichTransport makes a [TRichTransport] of any transport.
type RichTransport struct {
	TTransport
}

// NewTRichTransport returns a RichTransport over trans.
func NewTRichTransport(trans TTransport) *RichTransport { return &RichTransport{trans} }

// rich returns trans, or a RichTransport over it.
func rich(trans TTransport) TRichTransport {
	if r, ok := trans.(TRichTransport); ok {
		return r
	}
	return NewTRichTransport(trans)
}

// ReadByte reads one byte. It is io.EOF at the end.
func (r *RichTransport) ReadByte() (c byte, err error) {
	var b [1]byte
	_, err = io.ReadFull(r.TTransport, b[:])
	return b[0], err
}

// WriteByte writes one byte.
func (r *RichTransport) WriteByte(c byte) error {
	_, err := r.TTransport.Write([]byte{c})
	return err
}

// WriteString writes the bytes of s.
func (r *RichTransport) WriteString(s string) (n int, err error) {
	return r.TTransport.Write([]byte(s))
}

// RemainingBytes returns what the transport below says.
func (r *RichTransport) RemainingBytes() (num_bytes uint64) {
	return r.TTransport.RemainingBytes()
}

// TTransportFactory wraps transports.
type TTransportFactory interface {
	GetTransport(trans TTransport) (TTransport, error)
}

type transportFactory struct{}

// NewTTransportFactory returns a factory that returns each transport as it is.
func NewTTransportFactory() TTransportFactory { return transportFactory{} }

func (transportFactory) GetTransport(trans TTransport) (TTransport, error) { return trans, nil }

// TServerTransport accepts clients.
type TServerTransport interface {
	Listen() error
	Accept() (TTransport, error)
	Close() error

	// Interrupt ends an Accept that waits, and those that follow.
	Interrupt() error
}
