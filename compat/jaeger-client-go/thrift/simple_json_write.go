// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// WriteMessageBegin begins an array of name, type and sequence id.
func (p *TSimpleJSONProtocol) WriteMessageBegin(ctx context.Context, name string, typeId TMessageType, seqId int32) error {
	p.restart()
	if err := p.OutputListBegin(); err != nil {
		return err
	}
	if err := p.OutputString(name); err != nil {
		return err
	}
	if err := p.OutputI64(int64(typeId)); err != nil {
		return err
	}
	return p.OutputI64(int64(seqId))
}

// WriteMessageEnd ends the array.
func (p *TSimpleJSONProtocol) WriteMessageEnd(context.Context) error { return p.OutputListEnd() }

// WriteStructBegin begins an object.
func (p *TSimpleJSONProtocol) WriteStructBegin(ctx context.Context, name string) error {
	return p.OutputObjectBegin()
}

// WriteStructEnd ends the object.
func (p *TSimpleJSONProtocol) WriteStructEnd(context.Context) error { return p.OutputObjectEnd() }

// WriteFieldBegin writes the name as a key.
func (p *TSimpleJSONProtocol) WriteFieldBegin(ctx context.Context, name string, typeId TType, id int16) error {
	return p.OutputString(name)
}

// WriteFieldEnd writes nothing.
func (p *TSimpleJSONProtocol) WriteFieldEnd(context.Context) error { return nil }

// WriteFieldStop writes nothing.
func (p *TSimpleJSONProtocol) WriteFieldStop(context.Context) error { return nil }

// WriteMapBegin begins an array of the types and the number of elements; keys and values
// follow.
func (p *TSimpleJSONProtocol) WriteMapBegin(ctx context.Context, keyType, valueType TType, size int) error {
	if err := p.OutputElemListBegin(keyType, int(valueType)); err != nil {
		return err
	}
	return p.OutputI64(int64(size))
}

// WriteMapEnd ends the array.
func (p *TSimpleJSONProtocol) WriteMapEnd(context.Context) error { return p.OutputListEnd() }

// WriteListBegin begins an array of the type and the number of elements, which follow.
func (p *TSimpleJSONProtocol) WriteListBegin(ctx context.Context, elemType TType, size int) error {
	return p.OutputElemListBegin(elemType, size)
}

// WriteListEnd ends the array.
func (p *TSimpleJSONProtocol) WriteListEnd(context.Context) error { return p.OutputListEnd() }

// WriteSetBegin writes what [TSimpleJSONProtocol.WriteListBegin] does.
func (p *TSimpleJSONProtocol) WriteSetBegin(ctx context.Context, elemType TType, size int) error {
	return p.OutputElemListBegin(elemType, size)
}

// WriteSetEnd ends the array.
func (p *TSimpleJSONProtocol) WriteSetEnd(context.Context) error { return p.OutputListEnd() }

// WriteBool writes true or false.
func (p *TSimpleJSONProtocol) WriteBool(ctx context.Context, b bool) error { return p.OutputBool(b) }

// WriteByte writes a number.
func (p *TSimpleJSONProtocol) WriteByte(ctx context.Context, b int8) error {
	return p.OutputI64(int64(b))
}

// WriteI16 writes a number.
func (p *TSimpleJSONProtocol) WriteI16(ctx context.Context, v int16) error {
	return p.OutputI64(int64(v))
}

// WriteI32 writes a number.
func (p *TSimpleJSONProtocol) WriteI32(ctx context.Context, v int32) error {
	return p.OutputI64(int64(v))
}

// WriteI64 writes a number.
func (p *TSimpleJSONProtocol) WriteI64(ctx context.Context, v int64) error { return p.OutputI64(v) }

// WriteDouble writes a number, or the name of one that JSON does not have.
func (p *TSimpleJSONProtocol) WriteDouble(ctx context.Context, v float64) error {
	return p.OutputF64(v)
}

// WriteString writes a string.
func (p *TSimpleJSONProtocol) WriteString(ctx context.Context, v string) error {
	return p.OutputString(v)
}

// WriteBinary writes a string of base64.
func (p *TSimpleJSONProtocol) WriteBinary(ctx context.Context, v []byte) error {
	return p.outputBase64(v)
}
