// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"encoding/binary"
	"math"
)

// WriteMessageBegin writes the head of a message.
func (p *TCompactProtocol) WriteMessageBegin(ctx context.Context, name string, typeId TMessageType, seqid int32) error {
	head := append(p.small[:0], COMPACT_PROTOCOL_ID, COMPACT_VERSION|byte(typeId)<<COMPACT_TYPE_SHIFT_AMOUNT)
	if err := p.write(binary.AppendUvarint(head, uint64(uint32(seqid)))); err != nil {
		return err
	}
	return p.WriteString(ctx, name)
}

// WriteMessageEnd writes nothing.
func (p *TCompactProtocol) WriteMessageEnd(context.Context) error { return nil }

// WriteStructBegin writes nothing.
func (p *TCompactProtocol) WriteStructBegin(ctx context.Context, name string) error {
	p.enter()
	return nil
}

// WriteStructEnd writes nothing.
func (p *TCompactProtocol) WriteStructEnd(context.Context) error { return p.leave("WriteStruct") }

// WriteFieldBegin writes the type and the id of a field; that of a boolean waits for its
// value.
func (p *TCompactProtocol) WriteFieldBegin(ctx context.Context, name string, typeId TType, id int16) error {
	if typeId == BOOL {
		p.waiting, p.boolean = true, id
		return nil
	}
	return p.writeField(compactType(typeId), id)
}

func (p *TCompactProtocol) writeField(kind byte, id int16) error {
	head := p.small[:0]
	if step := int(id) - int(p.field); 0 < step && step <= 15 {
		head = append(head, byte(step)<<4|kind)
	} else {
		head = binary.AppendVarint(append(head, kind), int64(id))
	}
	p.field = id
	return p.write(head)
}

// WriteFieldEnd writes nothing.
func (p *TCompactProtocol) WriteFieldEnd(context.Context) error { return nil }

// WriteFieldStop ends the fields of a struct.
func (p *TCompactProtocol) WriteFieldStop(context.Context) error {
	return NewTProtocolException(p.trans.WriteByte(STOP))
}

// WriteMapBegin writes the number and, unless it is 0, the types of a map's elements.
func (p *TCompactProtocol) WriteMapBegin(ctx context.Context, keyType, valueType TType, size int) error {
	head := binary.AppendUvarint(p.small[:0], uint64(uint32(size)))
	if size != 0 {
		head = append(head, compactType(keyType)<<4|compactType(valueType))
	}
	return p.write(head)
}

// WriteMapEnd writes nothing.
func (p *TCompactProtocol) WriteMapEnd(context.Context) error { return nil }

// WriteListBegin writes the number and the type of a list's elements.
func (p *TCompactProtocol) WriteListBegin(ctx context.Context, elemType TType, size int) error {
	kind := compactType(elemType)
	if 0 <= size && size < 15 {
		return NewTProtocolException(p.trans.WriteByte(byte(size)<<4 | kind))
	}
	return p.write(binary.AppendUvarint(append(p.small[:0], 0xf0|kind), uint64(uint32(size))))
}

// WriteListEnd writes nothing.
func (p *TCompactProtocol) WriteListEnd(context.Context) error { return nil }

// WriteSetBegin writes what [TCompactProtocol.WriteListBegin] does.
func (p *TCompactProtocol) WriteSetBegin(ctx context.Context, elemType TType, size int) error {
	return p.WriteListBegin(ctx, elemType, size)
}

// WriteSetEnd writes nothing.
func (p *TCompactProtocol) WriteSetEnd(context.Context) error { return nil }

// WriteBool writes the head of its field, or a byte in a container.
func (p *TCompactProtocol) WriteBool(ctx context.Context, value bool) error {
	kind := byte(COMPACT_BOOLEAN_FALSE)
	if value {
		kind = COMPACT_BOOLEAN_TRUE
	}
	if p.waiting {
		p.waiting = false
		return p.writeField(kind, p.boolean)
	}
	return NewTProtocolException(p.trans.WriteByte(kind))
}

// WriteByte writes a byte.
func (p *TCompactProtocol) WriteByte(ctx context.Context, value int8) error {
	return NewTProtocolException(p.trans.WriteByte(byte(value)))
}

// WriteI16 writes a zigzag varint.
func (p *TCompactProtocol) WriteI16(ctx context.Context, value int16) error {
	return p.WriteI64(ctx, int64(value))
}

// WriteI32 writes a zigzag varint.
func (p *TCompactProtocol) WriteI32(ctx context.Context, value int32) error {
	return p.WriteI64(ctx, int64(value))
}

// WriteI64 writes a zigzag varint.
func (p *TCompactProtocol) WriteI64(ctx context.Context, value int64) error {
	return p.write(binary.AppendVarint(p.small[:0], value))
}

// WriteDouble writes the eight bytes of IEEE 754, the lowest first.
func (p *TCompactProtocol) WriteDouble(ctx context.Context, value float64) error {
	return p.write(binary.LittleEndian.AppendUint64(p.small[:0], math.Float64bits(value)))
}

// WriteString writes the size and the bytes of value.
func (p *TCompactProtocol) WriteString(ctx context.Context, value string) error {
	if err := p.writeSize(len(value)); err != nil {
		return err
	}
	_, err := p.trans.WriteString(value)
	return NewTProtocolException(err)
}

// WriteBinary writes the size and the bytes of bin.
func (p *TCompactProtocol) WriteBinary(ctx context.Context, bin []byte) error {
	if err := p.writeSize(len(bin)); err != nil || len(bin) == 0 {
		return err
	}
	return p.write(bin)
}

// writeSize writes a varint.
func (p *TCompactProtocol) writeSize(n int) error {
	return p.write(binary.AppendUvarint(p.small[:0], uint64(uint32(n))))
}

func (p *TCompactProtocol) write(b []byte) error {
	_, err := p.trans.Write(b)
	return NewTProtocolException(err)
}
