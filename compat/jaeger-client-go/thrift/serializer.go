// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"sync"
)

// TSerializer encodes structs, by one goroutine at a time.
type TSerializer struct {
	Transport *TMemoryBuffer
	Protocol  TProtocol
}

// NewTSerializer returns a serializer of the binary protocol.
func NewTSerializer() *TSerializer {
	transport := NewTMemoryBufferLen(1024)
	return &TSerializer{Transport: transport, Protocol: NewTBinaryProtocolTransport(transport)}
}

// Write returns the bytes of msg.
func (s *TSerializer) Write(ctx context.Context, msg TStruct) (b []byte, err error) {
	if err := s.encode(ctx, msg); err != nil {
		return nil, err
	}
	return append(b, s.Transport.Bytes()...), nil
}

// WriteString returns the bytes of msg as a string.
func (s *TSerializer) WriteString(ctx context.Context, msg TStruct) (string, error) {
	if err := s.encode(ctx, msg); err != nil {
		return "", err
	}
	return s.Transport.String(), nil
}

func (s *TSerializer) encode(ctx context.Context, msg TStruct) error {
	s.Transport.Reset()
	if err := msg.Write(ctx, s.Protocol); err != nil {
		return err
	}
	if err := s.Protocol.Flush(ctx); err != nil {
		return err
	}
	return s.Transport.Flush(ctx)
}

// TSerializerPool encodes structs, by any number of goroutines.
type TSerializerPool struct {
	pool sync.Pool
}

// NewTSerializerPool returns a pool of the serializers that f makes.
func NewTSerializerPool(f func() *TSerializer) *TSerializerPool {
	return &TSerializerPool{pool: sync.Pool{New: func() any { return f() }}}
}

// NewTSerializerPoolSizeFactory returns a pool of serializers with buffers of size bytes,
// before they grow, and the protocols of factory.
func NewTSerializerPoolSizeFactory(size int, factory TProtocolFactory) *TSerializerPool {
	return NewTSerializerPool(func() *TSerializer {
		transport := NewTMemoryBufferLen(size)
		return &TSerializer{Transport: transport, Protocol: factory.GetProtocol(transport)}
	})
}

// Write returns the bytes of msg.
func (p *TSerializerPool) Write(ctx context.Context, msg TStruct) ([]byte, error) {
	s := p.pool.Get().(*TSerializer)
	b, err := s.Write(ctx, msg)
	p.put(s, err)
	return b, err
}

// WriteString returns the bytes of msg as a string.
func (p *TSerializerPool) WriteString(ctx context.Context, msg TStruct) (string, error) {
	s := p.pool.Get().(*TSerializer)
	text, err := s.WriteString(ctx, msg)
	p.put(s, err)
	return text, err
}

// put keeps a serializer, unless it stopped within a struct or grew large.
func (p *TSerializerPool) put(s *TSerializer, err error) {
	if err == nil && s.Transport.Cap() <= maxPooled {
		p.pool.Put(s)
	}
}
