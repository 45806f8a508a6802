// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"encoding/binary"
	"math"
)

// WriteMessageBegin writes the head of a message, with the version if the configuration
// says so.
func (p *TBinaryProtocol) WriteMessageBegin(ctx context.Context, name string, typeId TMessageType, seqId int32) error {
	if p.conf.GetTBinaryStrictWrite() {
		version := uint32(VERSION_1) | uint32(typeId)
		if err := p.WriteI32(ctx, int32(version)); err != nil {
			return err
		}
		if err := p.WriteString(ctx, name); err != nil {
			return err
		}
		return p.WriteI32(ctx, seqId)
	}
	if err := p.WriteString(ctx, name); err != nil {
		return err
	}
	if err := p.WriteByte(ctx, int8(typeId)); err != nil {
		return err
	}
	return p.WriteI32(ctx, seqId)
}

// WriteMessageEnd writes nothing.
func (p *TBinaryProtocol) WriteMessageEnd(context.Context) error { return nil }

// WriteStructBegin writes nothing.
func (p *TBinaryProtocol) WriteStructBegin(ctx context.Context, name string) error { return nil }

// WriteStructEnd writes nothing.
func (p *TBinaryProtocol) WriteStructEnd(context.Context) error { return nil }

// WriteFieldBegin writes the type and the id of a field.
func (p *TBinaryProtocol) WriteFieldBegin(ctx context.Context, name string, typeId TType, id int16) error {
	return p.write(binary.BigEndian.AppendUint16(append(p.small[:0], byte(typeId)), uint16(id)))
}

// WriteFieldEnd writes nothing.
func (p *TBinaryProtocol) WriteFieldEnd(context.Context) error { return nil }

// WriteFieldStop ends the fields of a struct.
func (p *TBinaryProtocol) WriteFieldStop(ctx context.Context) error { return p.WriteByte(ctx, STOP) }

// WriteMapBegin writes the types and the number of a map's elements.
func (p *TBinaryProtocol) WriteMapBegin(ctx context.Context, keyType, valueType TType, size int) error {
	return p.write(binary.BigEndian.AppendUint32(append(p.small[:0], byte(keyType), byte(valueType)), uint32(size)))
}

// WriteMapEnd writes nothing.
func (p *TBinaryProtocol) WriteMapEnd(context.Context) error { return nil }

// WriteListBegin writes the type and the number of a list's elements.
func (p *TBinaryProtocol) WriteListBegin(ctx context.Context, elemType TType, size int) error {
	return p.write(binary.BigEndian.AppendUint32(append(p.small[:0], byte(elemType)), uint32(size)))
}

// WriteListEnd writes nothing.
func (p *TBinaryProtocol) WriteListEnd(context.Context) error { return nil }

// WriteSetBegin writes what [TBinaryProtocol.WriteListBegin] does.
func (p *TBinaryProtocol) WriteSetBegin(ctx context.Context, elemType TType, size int) error {
	return p.WriteListBegin(ctx, elemType, size)
}

// WriteSetEnd writes nothing.
func (p *TBinaryProtocol) WriteSetEnd(context.Context) error { return nil }

// WriteBool writes a byte, 1 or 0.
func (p *TBinaryProtocol) WriteBool(ctx context.Context, value bool) error {
	if value {
		return p.WriteByte(ctx, 1)
	}
	return p.WriteByte(ctx, 0)
}

// WriteByte writes a byte.
func (p *TBinaryProtocol) WriteByte(ctx context.Context, value int8) error {
	return NewTProtocolException(p.trans.WriteByte(byte(value)))
}

// WriteI16 writes two bytes.
func (p *TBinaryProtocol) WriteI16(ctx context.Context, value int16) error {
	return p.write(binary.BigEndian.AppendUint16(p.small[:0], uint16(value)))
}

// WriteI32 writes four bytes.
func (p *TBinaryProtocol) WriteI32(ctx context.Context, value int32) error {
	return p.write(binary.BigEndian.AppendUint32(p.small[:0], uint32(value)))
}

// WriteI64 writes eight bytes.
func (p *TBinaryProtocol) WriteI64(ctx context.Context, value int64) error {
	return p.write(binary.BigEndian.AppendUint64(p.small[:0], uint64(value)))
}

// WriteDouble writes the eight bytes of IEEE 754.
func (p *TBinaryProtocol) WriteDouble(ctx context.Context, value float64) error {
	return p.write(binary.BigEndian.AppendUint64(p.small[:0], math.Float64bits(value)))
}

// WriteString writes the size and the bytes of value.
func (p *TBinaryProtocol) WriteString(ctx context.Context, value string) error {
	if err := p.WriteI32(ctx, int32(len(value))); err != nil {
		return err
	}
	_, err := p.trans.WriteString(value)
	return NewTProtocolException(err)
}

// WriteBinary writes the size and the bytes of value.
func (p *TBinaryProtocol) WriteBinary(ctx context.Context, value []byte) error {
	if err := p.WriteI32(ctx, int32(len(value))); err != nil {
		return err
	}
	return p.write(value)
}

func (p *TBinaryProtocol) write(b []byte) error {
	_, err := p.trans.Write(b)
	return NewTProtocolException(err)
}
