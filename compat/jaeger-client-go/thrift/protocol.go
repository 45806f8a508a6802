// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"errors"
)

// The first bytes of a message in the binary protocol.
const (
	VERSION_MASK = 0xffff0000
	VERSION_1    = 0x80010000
)

// DEFAULT_RECURSION_DEPTH is how deep values that are skipped may be nested.
const DEFAULT_RECURSION_DEPTH = 64

// TStruct reads and writes itself.
type TStruct interface {
	Write(ctx context.Context, p TProtocol) error
	Read(ctx context.Context, p TProtocol) error
}

// TProtocol encodes and decodes values. It is for one goroutine at a time.
type TProtocol interface {
	WriteMessageBegin(ctx context.Context, name string, typeId TMessageType, seqid int32) error
	WriteMessageEnd(ctx context.Context) error
	WriteStructBegin(ctx context.Context, name string) error
	WriteStructEnd(ctx context.Context) error
	WriteFieldBegin(ctx context.Context, name string, typeId TType, id int16) error
	WriteFieldEnd(ctx context.Context) error
	WriteFieldStop(ctx context.Context) error
	WriteMapBegin(ctx context.Context, keyType TType, valueType TType, size int) error
	WriteMapEnd(ctx context.Context) error
	WriteListBegin(ctx context.Context, elemType TType, size int) error
	WriteListEnd(ctx context.Context) error
	WriteSetBegin(ctx context.Context, elemType TType, size int) error
	WriteSetEnd(ctx context.Context) error
	WriteBool(ctx context.Context, value bool) error
	WriteByte(ctx context.Context, value int8) error
	WriteI16(ctx context.Context, value int16) error
	WriteI32(ctx context.Context, value int32) error
	WriteI64(ctx context.Context, value int64) error
	WriteDouble(ctx context.Context, value float64) error
	WriteString(ctx context.Context, value string) error
	WriteBinary(ctx context.Context, value []byte) error

	ReadMessageBegin(ctx context.Context) (name string, typeId TMessageType, seqid int32, err error)
	ReadMessageEnd(ctx context.Context) error
	ReadStructBegin(ctx context.Context) (name string, err error)
	ReadStructEnd(ctx context.Context) error
	ReadFieldBegin(ctx context.Context) (name string, typeId TType, id int16, err error)
	ReadFieldEnd(ctx context.Context) error
	ReadMapBegin(ctx context.Context) (keyType TType, valueType TType, size int, err error)
	ReadMapEnd(ctx context.Context) error
	ReadListBegin(ctx context.Context) (elemType TType, size int, err error)
	ReadListEnd(ctx context.Context) error
	ReadSetBegin(ctx context.Context) (elemType TType, size int, err error)
	ReadSetEnd(ctx context.Context) error
	ReadBool(ctx context.Context) (value bool, err error)
	ReadByte(ctx context.Context) (value int8, err error)
	ReadI16(ctx context.Context) (value int16, err error)
	ReadI32(ctx context.Context) (value int32, err error)
	ReadI64(ctx context.Context) (value int64, err error)
	ReadDouble(ctx context.Context) (value float64, err error)
	ReadString(ctx context.Context) (value string, err error)
	ReadBinary(ctx context.Context) (value []byte, err error)

	Skip(ctx context.Context, fieldType TType) (err error)
	Flush(ctx context.Context) (err error)

	Transport() TTransport
}

// TProtocolFactory makes protocols.
type TProtocolFactory interface {
	GetProtocol(trans TTransport) TProtocol
}

// SkipDefaultDepth reads a value and drops it.
func SkipDefaultDepth(ctx context.Context, prot TProtocol, typeId TType) (err error) {
	return Skip(ctx, prot, typeId, DEFAULT_RECURSION_DEPTH)
}

// Skip reads a value and drops it. It is a DEPTH_LIMIT exception if values are nested
// deeper than maxDepth.
func Skip(ctx context.Context, self TProtocol, fieldType TType, maxDepth int) (err error) {
	if maxDepth <= 0 {
		return NewTProtocolExceptionWithType(DEPTH_LIMIT, errors.New("Depth limit exceeded"))
	}
	switch fieldType {
	case BOOL:
		_, err = self.ReadBool(ctx)
	case BYTE:
		_, err = self.ReadByte(ctx)
	case I16:
		_, err = self.ReadI16(ctx)
	case I32:
		_, err = self.ReadI32(ctx)
	case I64:
		_, err = self.ReadI64(ctx)
	case DOUBLE:
		_, err = self.ReadDouble(ctx)
	case STRING:
		_, err = self.ReadString(ctx)
	case STRUCT:
		err = skipStruct(ctx, self, maxDepth-1)
	case MAP:
		key, value, size, err := self.ReadMapBegin(ctx)
		return skipElements(ctx, self, size, err, self.ReadMapEnd, maxDepth-1, key, value)
	case SET:
		element, size, err := self.ReadSetBegin(ctx)
		return skipElements(ctx, self, size, err, self.ReadSetEnd, maxDepth-1, element)
	case LIST:
		element, size, err := self.ReadListBegin(ctx)
		return skipElements(ctx, self, size, err, self.ReadListEnd, maxDepth-1, element)
	default:
		err = invalidData("Unknown data type %d", byte(fieldType))
	}
	return err
}

func skipStruct(ctx context.Context, p TProtocol, maxDepth int) error {
	if _, err := p.ReadStructBegin(ctx); err != nil {
		return err
	}
	for {
		_, t, _, err := p.ReadFieldBegin(ctx)
		if err != nil {
			return err
		}
		if t == STOP {
			return p.ReadStructEnd(ctx)
		}
		if err := Skip(ctx, p, t, maxDepth); err != nil {
			return err
		}
		if err := p.ReadFieldEnd(ctx); err != nil {
			return err
		}
	}
}

// skipElements drops size elements, each of all the types, if their container began
// without an error.
func skipElements(ctx context.Context, p TProtocol, size int, err error, end func(context.Context) error, maxDepth int, types ...TType) error {
	if err != nil {
		return err
	}
	for range size {
		for _, t := range types {
			if err := Skip(ctx, p, t, maxDepth); err != nil {
				return err
			}
		}
	}
	return end(ctx)
}
