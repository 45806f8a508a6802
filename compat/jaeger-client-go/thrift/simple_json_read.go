// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// ReadMessageBegin reads the beginning of an array of name, type and sequence id.
func (p *TSimpleJSONProtocol) ReadMessageBegin(ctx context.Context) (name string, typeId TMessageType, seqId int32, err error) {
	p.restart()
	if null, err := p.ParseListBegin(); null || err != nil {
		return "", 0, 0, err
	}
	if name, err = p.ReadString(ctx); err != nil {
		return name, 0, 0, err
	}
	kind, err := p.ReadByte(ctx)
	if err != nil {
		return name, 0, 0, err
	}
	seqId, err = p.ReadI32(ctx)
	return name, TMessageType(kind), seqId, err
}

// ReadMessageEnd reads the end of the array.
func (p *TSimpleJSONProtocol) ReadMessageEnd(context.Context) error { return p.ParseListEnd() }

// ReadStructBegin reads the beginning of an object.
func (p *TSimpleJSONProtocol) ReadStructBegin(context.Context) (name string, err error) {
	_, err = p.ParseObjectStart()
	return "", err
}

// ReadStructEnd reads the end of the object.
func (p *TSimpleJSONProtocol) ReadStructEnd(context.Context) error { return p.ParseObjectEnd() }

// ReadFieldBegin reads a key. The type, which is not written, is STOP, and the id −1; it
// is 0 at the end of the object.
func (p *TSimpleJSONProtocol) ReadFieldBegin(ctx context.Context) (string, TType, int16, error) {
	if err := p.ParsePreValue(); err != nil {
		return "", STOP, 0, err
	}
	c, err := p.peek()
	switch {
	case err != nil:
		return "", STOP, 0, err
	case c == '}':
		return "", STOP, 0, nil
	case c != '"':
		return "", STOP, 0, invalidData("Expected \"}\" or '\"', but found: '%c'", c)
	}
	p.drop()
	name, err := p.ParseStringBody()
	if err != nil {
		return name, STOP, 0, err
	}
	return name, STOP, -1, p.ParsePostValue()
}

// ReadFieldEnd reads nothing.
func (p *TSimpleJSONProtocol) ReadFieldEnd(context.Context) error { return nil }

// ReadMapBegin reads the beginning of an array of the types and the number of elements.
func (p *TSimpleJSONProtocol) ReadMapBegin(ctx context.Context) (keyType, valueType TType, size int, err error) {
	keyType, value, err := p.elements()
	if err != nil || keyType == VOID {
		return keyType, VOID, 0, err
	}
	n, _, err := p.ParseI64()
	if err == nil {
		size, err = p.count(n)
	}
	return keyType, TType(value), size, err
}

// ReadMapEnd reads the end of the array.
func (p *TSimpleJSONProtocol) ReadMapEnd(context.Context) error { return p.ParseListEnd() }

// ReadListBegin reads the beginning of an array of the type and the number of elements.
func (p *TSimpleJSONProtocol) ReadListBegin(context.Context) (elemType TType, size int, err error) {
	return p.ParseElemListBegin()
}

// ReadListEnd reads the end of the array.
func (p *TSimpleJSONProtocol) ReadListEnd(context.Context) error { return p.ParseListEnd() }

// ReadSetBegin reads what [TSimpleJSONProtocol.ReadListBegin] does.
func (p *TSimpleJSONProtocol) ReadSetBegin(context.Context) (elemType TType, size int, err error) {
	return p.ParseElemListBegin()
}

// ReadSetEnd reads the end of the array.
func (p *TSimpleJSONProtocol) ReadSetEnd(context.Context) error { return p.ParseListEnd() }

// ReadBool reads true, false, or null for false.
func (p *TSimpleJSONProtocol) ReadBool(context.Context) (bool, error) {
	if err := p.ParsePreValue(); err != nil {
		return false, err
	}
	switch word, err := p.word(); {
	case err != nil:
		return false, err
	case word == "true":
		return true, p.ParsePostValue()
	case word == "false", word == "null":
		return false, p.ParsePostValue()
	default:
		return false, invalidData("Expected \"true\", \"false\", or \"null\" but found: %s", word)
	}
}

// ReadByte reads a number.
func (p *TSimpleJSONProtocol) ReadByte(ctx context.Context) (int8, error) {
	v, _, err := p.ParseI64()
	return int8(v), err
}

// ReadI16 reads a number.
func (p *TSimpleJSONProtocol) ReadI16(ctx context.Context) (int16, error) {
	v, _, err := p.ParseI64()
	return int16(v), err
}

// ReadI32 reads a number.
func (p *TSimpleJSONProtocol) ReadI32(ctx context.Context) (int32, error) {
	v, _, err := p.ParseI64()
	return int32(v), err
}

// ReadI64 reads a number.
func (p *TSimpleJSONProtocol) ReadI64(ctx context.Context) (int64, error) {
	v, _, err := p.ParseI64()
	return v, err
}

// ReadDouble reads a number.
func (p *TSimpleJSONProtocol) ReadDouble(ctx context.Context) (float64, error) {
	v, _, err := p.ParseF64()
	return v, err
}

// ReadString reads a string, or null for "".
func (p *TSimpleJSONProtocol) ReadString(context.Context) (string, error) {
	null, err := p.quote()
	if err != nil {
		return "", err
	}
	var v string
	if !null {
		if v, err = p.ParseStringBody(); err != nil {
			return v, err
		}
	}
	return v, p.ParsePostValue()
}

// ReadBinary reads a string of base64, or null for nil.
func (p *TSimpleJSONProtocol) ReadBinary(context.Context) ([]byte, error) {
	null, err := p.quote()
	if err != nil {
		return nil, err
	}
	var v []byte
	if !null {
		if v, err = p.ParseBase64EncodedBody(); err != nil {
			return v, err
		}
	}
	return v, p.ParsePostValue()
}
