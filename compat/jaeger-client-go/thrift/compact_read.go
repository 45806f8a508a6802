// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
)

// ReadMessageBegin reads the head of a message. It is a BAD_VERSION exception if the
// message is not one of this protocol, version 1.
func (p *TCompactProtocol) ReadMessageBegin(ctx context.Context) (name string, typeId TMessageType, seqId int32, err error) {
	head, err := p.full(ctx, 1)
	if err != nil {
		return "", 0, 0, err
	}
	if id := head[0]; id != COMPACT_PROTOCOL_ID {
		return "", 0, 0, badVersion(fmt.Sprintf("Expected protocol id %02x but got %02x", COMPACT_PROTOCOL_ID, id))
	}
	b, err := p.readByte()
	if err != nil {
		return "", 0, 0, err
	}
	typeId = TMessageType(b >> COMPACT_TYPE_SHIFT_AMOUNT & COMPACT_TYPE_BITS)
	if version := b & COMPACT_VERSION_MASK; version != COMPACT_VERSION {
		return "", typeId, 0, badVersion(fmt.Sprintf("Expected version %02x but got %02x", COMPACT_VERSION, version))
	}
	sequence, err := p.readUvarint()
	if err != nil {
		return "", typeId, 0, err
	}
	name, err = p.ReadString(ctx)
	return name, typeId, int32(sequence), err
}

// ReadMessageEnd reads nothing.
func (p *TCompactProtocol) ReadMessageEnd(context.Context) error { return nil }

// ReadStructBegin reads nothing.
func (p *TCompactProtocol) ReadStructBegin(context.Context) (name string, err error) {
	p.enter()
	return "", nil
}

// ReadStructEnd reads nothing.
func (p *TCompactProtocol) ReadStructEnd(context.Context) error { return p.leave("ReadStruct") }

// ReadFieldBegin reads the type and the id of a field. The type is STOP after the last.
func (p *TCompactProtocol) ReadFieldBegin(ctx context.Context) (name string, typeId TType, id int16, err error) {
	head, err := p.readByte()
	if err != nil {
		return "", 0, 0, err
	}
	kind, step := head&0x0f, head>>4
	if kind == STOP {
		return "", STOP, 0, nil
	}
	id = p.field + int16(step)
	if step == 0 {
		if id, err = p.ReadI16(ctx); err != nil {
			return "", 0, 0, err
		}
	}
	if typeId, err = typeOf(kind); err != nil {
		return "", 0, id, err
	}
	if typeId == BOOL {
		p.read, p.hasRead = kind == COMPACT_BOOLEAN_TRUE, true
	}
	p.field = id
	return "", typeId, id, nil
}

// ReadFieldEnd reads nothing.
func (p *TCompactProtocol) ReadFieldEnd(context.Context) error { return nil }

// ReadMapBegin reads the number and the types of a map's elements.
func (p *TCompactProtocol) ReadMapBegin(ctx context.Context) (keyType, valueType TType, size int, err error) {
	if size, err = p.readSize(); err != nil || size == 0 {
		return STOP, STOP, 0, err
	}
	types, err := p.readByte()
	if err != nil {
		return 0, 0, 0, err
	}
	if keyType, err = typeOf(types >> 4); err != nil {
		return 0, 0, 0, err
	}
	if valueType, err = typeOf(types & 0x0f); err != nil {
		return 0, 0, 0, err
	}
	return keyType, valueType, size, nil
}

// ReadMapEnd reads nothing.
func (p *TCompactProtocol) ReadMapEnd(context.Context) error { return nil }

// ReadListBegin reads the number and the type of a list's elements.
func (p *TCompactProtocol) ReadListBegin(context.Context) (elemType TType, size int, err error) {
	head, err := p.readByte()
	if err != nil {
		return 0, 0, err
	}
	if elemType, err = typeOf(head & 0x0f); err != nil {
		return 0, 0, err
	}
	if n := head >> 4; n < 15 {
		size, err = p.container(int64(n))
	} else {
		size, err = p.readSize()
	}
	return elemType, size, err
}

// ReadListEnd reads nothing.
func (p *TCompactProtocol) ReadListEnd(context.Context) error { return nil }

// ReadSetBegin reads what [TCompactProtocol.ReadListBegin] does.
func (p *TCompactProtocol) ReadSetBegin(ctx context.Context) (elemType TType, size int, err error) {
	return p.ReadListBegin(ctx)
}

// ReadSetEnd reads nothing.
func (p *TCompactProtocol) ReadSetEnd(context.Context) error { return nil }

// ReadBool returns the value in the head of the field that was just read, or reads a byte
// in a container.
func (p *TCompactProtocol) ReadBool(context.Context) (value bool, err error) {
	if p.hasRead {
		p.hasRead = false
		return p.read, nil
	}
	b, err := p.readByte()
	return b == COMPACT_BOOLEAN_TRUE, err
}

// ReadByte reads a byte.
func (p *TCompactProtocol) ReadByte(context.Context) (int8, error) {
	b, err := p.readByte()
	return int8(b), err
}

// ReadI16 reads a zigzag varint.
func (p *TCompactProtocol) ReadI16(ctx context.Context) (value int16, err error) {
	v, err := p.ReadI64(ctx)
	return int16(v), err
}

// ReadI32 reads a zigzag varint.
func (p *TCompactProtocol) ReadI32(ctx context.Context) (value int32, err error) {
	v, err := p.ReadI64(ctx)
	return int32(v), err
}

// ReadI64 reads a zigzag varint.
func (p *TCompactProtocol) ReadI64(context.Context) (value int64, err error) {
	u, err := p.readUvarint()
	return int64(u>>1) ^ -int64(u&1), err
}

// ReadDouble reads the eight bytes of IEEE 754, the lowest first.
func (p *TCompactProtocol) ReadDouble(ctx context.Context) (value float64, err error) {
	b, err := p.full(ctx, 8)
	return math.Float64frombits(binary.LittleEndian.Uint64(b)), err
}

// ReadString reads a size and as many bytes.
func (p *TCompactProtocol) ReadString(context.Context) (value string, err error) {
	size, err := p.readUvarint()
	if err != nil {
		return "", err
	}
	return p.string(int32(size))
}

// ReadBinary reads a size and as many bytes.
func (p *TCompactProtocol) ReadBinary(context.Context) (value []byte, err error) {
	size, err := p.readUvarint()
	if err != nil {
		return nil, err
	}
	if int32(size) == 0 {
		return []byte{}, nil
	}
	return p.bytes(int32(size))
}

// readSize reads the number of a container's elements.
func (p *TCompactProtocol) readSize() (int, error) {
	size, err := p.readUvarint()
	if err != nil {
		return 0, err
	}
	return p.container(int64(int32(size)))
}

// readUvarint reads seven bits a byte, the lowest first. Bits above the 64th are lost.
func (p *TCompactProtocol) readUvarint() (u uint64, err error) {
	for shift := 0; shift < 7*binary.MaxVarintLen64; shift += 7 {
		b, err := p.readByte()
		if err != nil {
			return 0, err
		}
		u |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return u, nil
		}
	}
	return 0, invalidData("a number of more than %d bytes", binary.MaxVarintLen64)
}

func (p *TCompactProtocol) readByte() (byte, error) {
	b, err := p.trans.ReadByte()
	return b, NewTProtocolException(err)
}
