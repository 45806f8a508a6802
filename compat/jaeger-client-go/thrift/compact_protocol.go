// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// The first two bytes of a message in the compact protocol: the id, then the type above
// the version.
const (
	COMPACT_PROTOCOL_ID       = 0x82
	COMPACT_VERSION           = 1
	COMPACT_VERSION_MASK      = 0x1f
	COMPACT_TYPE_MASK         = 0xe0
	COMPACT_TYPE_BITS         = 0x07
	COMPACT_TYPE_SHIFT_AMOUNT = 5
)

// Types of values in the compact protocol.
const (
	COMPACT_BOOLEAN_TRUE  = 1
	COMPACT_BOOLEAN_FALSE = 2
	COMPACT_BYTE          = 3
	COMPACT_I16           = 4
	COMPACT_I32           = 5
	COMPACT_I64           = 6
	COMPACT_DOUBLE        = 7
	COMPACT_BINARY        = 8
	COMPACT_LIST          = 9
	COMPACT_SET           = 10
	COMPACT_MAP           = 11
	COMPACT_STRUCT        = 12
)

// compactType returns the type of t in the compact protocol, that of true for BOOL.
func compactType(t TType) byte {
	switch t {
	case BOOL:
		return COMPACT_BOOLEAN_TRUE
	case BYTE:
		return COMPACT_BYTE
	case I16:
		return COMPACT_I16
	case I32:
		return COMPACT_I32
	case I64:
		return COMPACT_I64
	case DOUBLE:
		return COMPACT_DOUBLE
	case STRING:
		return COMPACT_BINARY
	case LIST:
		return COMPACT_LIST
	case SET:
		return COMPACT_SET
	case MAP:
		return COMPACT_MAP
	case STRUCT:
		return COMPACT_STRUCT
	default:
		return STOP
	}
}

// typeOf returns the type that c, a type of the compact protocol, stands for.
func typeOf(c byte) (TType, error) {
	switch c {
	case STOP:
		return STOP, nil
	case COMPACT_BOOLEAN_TRUE, COMPACT_BOOLEAN_FALSE:
		return BOOL, nil
	case COMPACT_BYTE:
		return BYTE, nil
	case COMPACT_I16:
		return I16, nil
	case COMPACT_I32:
		return I32, nil
	case COMPACT_I64:
		return I64, nil
	case COMPACT_DOUBLE:
		return DOUBLE, nil
	case COMPACT_BINARY:
		return STRING, nil
	case COMPACT_LIST:
		return LIST, nil
	case COMPACT_SET:
		return SET, nil
	case COMPACT_MAP:
		return MAP, nil
	case COMPACT_STRUCT:
		return STRUCT, nil
	default:
		return STOP, invalidData("don't know what type: %d", c)
	}
}

// TCompactProtocol is the compact protocol: numbers of as many bytes as they need, ids of
// fields as the difference to that before, booleans in the type of their field.
type TCompactProtocol struct {
	input
	below TTransport

	field  int16   // the last field's id
	fields []int16 // those of the structs around this one

	waiting bool  // a boolean field was begun: its head is written with its value
	boolean int16 // its id

	read    bool // the value of the boolean field whose head was just read
	hasRead bool
}

// NewTCompactProtocol returns a protocol with the defaults of [TConfiguration].
func NewTCompactProtocol(trans TTransport) *TCompactProtocol {
	return NewTCompactProtocolConf(trans, unset())
}

// NewTCompactProtocolConf returns a protocol with conf, which is set in trans, too.
func NewTCompactProtocolConf(trans TTransport, conf *TConfiguration) *TCompactProtocol {
	PropagateTConfiguration(trans, conf)
	return &TCompactProtocol{input: input{trans: rich(trans), conf: conf}, below: trans}
}

// SetTConfiguration sets conf, in the transport below, too.
func (p *TCompactProtocol) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(p.trans, conf)
	PropagateTConfiguration(p.below, conf)
	p.conf = conf
}

// Transport returns the transport below.
func (p *TCompactProtocol) Transport() TTransport { return p.below }

// Flush flushes the transport below.
func (p *TCompactProtocol) Flush(ctx context.Context) (err error) {
	return NewTProtocolException(p.trans.Flush(ctx))
}

// Skip reads a value and drops it.
func (p *TCompactProtocol) Skip(ctx context.Context, fieldType TType) (err error) {
	return SkipDefaultDepth(ctx, p, fieldType)
}

// enter begins a struct: its fields count from 0.
func (p *TCompactProtocol) enter() {
	p.fields = append(p.fields, p.field)
	p.field = 0
}

// leave ends the struct that enter began.
func (p *TCompactProtocol) leave(caller string) error {
	last := len(p.fields) - 1
	if last < 0 {
		return invalidData("%sEnd called without matching %sBegin call before", caller, caller)
	}
	p.field, p.fields = p.fields[last], p.fields[:last]
	return nil
}

// TCompactProtocolFactory makes compact protocols.
type TCompactProtocolFactory struct {
	conf *TConfiguration
}

// NewTCompactProtocolFactory returns a factory with the defaults of [TConfiguration].
func NewTCompactProtocolFactory() *TCompactProtocolFactory {
	return NewTCompactProtocolFactoryConf(unset())
}

// NewTCompactProtocolFactoryConf returns a factory with conf.
func NewTCompactProtocolFactoryConf(conf *TConfiguration) *TCompactProtocolFactory {
	return &TCompactProtocolFactory{conf}
}

// GetProtocol returns a *TCompactProtocol.
func (f *TCompactProtocolFactory) GetProtocol(trans TTransport) TProtocol {
	return NewTCompactProtocolConf(trans, f.conf)
}

// SetTConfiguration sets conf for the protocols that follow.
func (f *TCompactProtocolFactory) SetTConfiguration(conf *TConfiguration) { f.conf = conf }
