// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
)

// ReadMessageBegin reads the head of a message. It is a BAD_VERSION exception if the
// version is not 1, or missing where the configuration wants it.
func (p *TBinaryProtocol) ReadMessageBegin(ctx context.Context) (name string, typeId TMessageType, seqId int32, err error) {
	first, err := p.ReadI32(ctx)
	if err != nil {
		return "", 0, 0, err
	}
	if first < 0 {
		typeId = TMessageType(first & 0xff)
		if uint32(first)&VERSION_MASK != VERSION_1 {
			return "", typeId, 0, badVersion("Bad version in ReadMessageBegin")
		}
		if name, err = p.ReadString(ctx); err != nil {
			return name, typeId, 0, err
		}
		seqId, err = p.ReadI32(ctx)
		return name, typeId, seqId, err
	}
	if p.conf.GetTBinaryStrictRead() {
		return "", 0, 0, badVersion("Missing version in ReadMessageBegin")
	}
	if name, err = p.string(first); err != nil {
		return name, 0, 0, err
	}
	kind, err := p.ReadByte(ctx)
	if err != nil {
		return name, 0, 0, err
	}
	seqId, err = p.ReadI32(ctx)
	return name, TMessageType(kind), seqId, err
}

func badVersion(text string) error {
	return NewTProtocolExceptionWithType(BAD_VERSION, errors.New(text))
}

// ReadMessageEnd reads nothing.
func (p *TBinaryProtocol) ReadMessageEnd(context.Context) error { return nil }

// ReadStructBegin reads nothing.
func (p *TBinaryProtocol) ReadStructBegin(context.Context) (name string, err error) { return "", nil }

// ReadStructEnd reads nothing.
func (p *TBinaryProtocol) ReadStructEnd(context.Context) error { return nil }

// ReadFieldBegin reads the type and the id of a field. The type is STOP after the last.
func (p *TBinaryProtocol) ReadFieldBegin(ctx context.Context) (name string, typeId TType, id int16, err error) {
	t, err := p.ReadByte(ctx)
	if err == nil && t != STOP {
		id, err = p.ReadI16(ctx)
	}
	return "", TType(t), id, err
}

// ReadFieldEnd reads nothing.
func (p *TBinaryProtocol) ReadFieldEnd(context.Context) error { return nil }

// ReadMapBegin reads the types and the number of a map's elements.
func (p *TBinaryProtocol) ReadMapBegin(ctx context.Context) (keyType, valueType TType, size int, err error) {
	b, err := p.full(ctx, 6)
	if err != nil {
		return 0, 0, 0, err
	}
	keyType, valueType = TType(b[0]), TType(b[1])
	size, err = p.container(int64(int32(binary.BigEndian.Uint32(b[2:]))))
	return keyType, valueType, size, err
}

// ReadMapEnd reads nothing.
func (p *TBinaryProtocol) ReadMapEnd(context.Context) error { return nil }

// ReadListBegin reads the type and the number of a list's elements.
func (p *TBinaryProtocol) ReadListBegin(ctx context.Context) (elemType TType, size int, err error) {
	b, err := p.full(ctx, 5)
	if err != nil {
		return 0, 0, err
	}
	elemType = TType(b[0])
	size, err = p.container(int64(int32(binary.BigEndian.Uint32(b[1:]))))
	return elemType, size, err
}

// ReadListEnd reads nothing.
func (p *TBinaryProtocol) ReadListEnd(context.Context) error { return nil }

// ReadSetBegin reads what [TBinaryProtocol.ReadListBegin] does.
func (p *TBinaryProtocol) ReadSetBegin(ctx context.Context) (elemType TType, size int, err error) {
	return p.ReadListBegin(ctx)
}

// ReadSetEnd reads nothing.
func (p *TBinaryProtocol) ReadSetEnd(context.Context) error { return nil }

// ReadBool reads a byte, which is 1 for true.
func (p *TBinaryProtocol) ReadBool(ctx context.Context) (bool, error) {
	b, err := p.ReadByte(ctx)
	return b == 1, err
}

// ReadByte reads a byte.
func (p *TBinaryProtocol) ReadByte(ctx context.Context) (int8, error) {
	b, err := p.full(ctx, 1)
	return int8(b[0]), err
}

// ReadI16 reads two bytes.
func (p *TBinaryProtocol) ReadI16(ctx context.Context) (value int16, err error) {
	b, err := p.full(ctx, 2)
	return int16(binary.BigEndian.Uint16(b)), err
}

// ReadI32 reads four bytes.
func (p *TBinaryProtocol) ReadI32(ctx context.Context) (value int32, err error) {
	b, err := p.full(ctx, 4)
	return int32(binary.BigEndian.Uint32(b)), err
}

// ReadI64 reads eight bytes.
func (p *TBinaryProtocol) ReadI64(ctx context.Context) (value int64, err error) {
	b, err := p.full(ctx, 8)
	return int64(binary.BigEndian.Uint64(b)), err
}

// ReadDouble reads the eight bytes of IEEE 754.
func (p *TBinaryProtocol) ReadDouble(ctx context.Context) (value float64, err error) {
	b, err := p.full(ctx, 8)
	return math.Float64frombits(binary.BigEndian.Uint64(b)), err
}

// ReadString reads a size and as many bytes.
func (p *TBinaryProtocol) ReadString(ctx context.Context) (value string, err error) {
	size, err := p.ReadI32(ctx)
	if err != nil {
		return "", err
	}
	return p.string(size)
}

// ReadBinary reads a size and as many bytes.
func (p *TBinaryProtocol) ReadBinary(ctx context.Context) ([]byte, error) {
	size, err := p.ReadI32(ctx)
	if err != nil {
		return nil, err
	}
	return p.bytes(size)
}
