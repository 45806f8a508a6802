// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// WriteStructBegin does what the protocol of the payload does.
func (p *THeaderProtocol) WriteStructBegin(ctx context.Context, name string) error {
	return p.payload.WriteStructBegin(ctx, name)
}

// WriteStructEnd does what the protocol of the payload does.
func (p *THeaderProtocol) WriteStructEnd(ctx context.Context) error {
	return p.payload.WriteStructEnd(ctx)
}

// WriteFieldBegin does what the protocol of the payload does.
func (p *THeaderProtocol) WriteFieldBegin(ctx context.Context, name string, typeID TType, id int16) error {
	return p.payload.WriteFieldBegin(ctx, name, typeID, id)
}

// WriteFieldEnd does what the protocol of the payload does.
func (p *THeaderProtocol) WriteFieldEnd(ctx context.Context) error {
	return p.payload.WriteFieldEnd(ctx)
}

// WriteFieldStop does what the protocol of the payload does.
func (p *THeaderProtocol) WriteFieldStop(ctx context.Context) error {
	return p.payload.WriteFieldStop(ctx)
}

// WriteMapBegin does what the protocol of the payload does.
func (p *THeaderProtocol) WriteMapBegin(ctx context.Context, keyType, valueType TType, size int) error {
	return p.payload.WriteMapBegin(ctx, keyType, valueType, size)
}

// WriteMapEnd does what the protocol of the payload does.
func (p *THeaderProtocol) WriteMapEnd(ctx context.Context) error {
	return p.payload.WriteMapEnd(ctx)
}

// WriteListBegin does what the protocol of the payload does.
func (p *THeaderProtocol) WriteListBegin(ctx context.Context, elemType TType, size int) error {
	return p.payload.WriteListBegin(ctx, elemType, size)
}

// WriteListEnd does what the protocol of the payload does.
func (p *THeaderProtocol) WriteListEnd(ctx context.Context) error {
	return p.payload.WriteListEnd(ctx)
}

// WriteSetBegin does what the protocol of the payload does.
func (p *THeaderProtocol) WriteSetBegin(ctx context.Context, elemType TType, size int) error {
	return p.payload.WriteSetBegin(ctx, elemType, size)
}

// WriteSetEnd does what the protocol of the payload does.
func (p *THeaderProtocol) WriteSetEnd(ctx context.Context) error {
	return p.payload.WriteSetEnd(ctx)
}

// WriteBool does what the protocol of the payload does.
func (p *THeaderProtocol) WriteBool(ctx context.Context, value bool) error {
	return p.payload.WriteBool(ctx, value)
}

// WriteByte does what the protocol of the payload does.
func (p *THeaderProtocol) WriteByte(ctx context.Context, value int8) error {
	return p.payload.WriteByte(ctx, value)
}

// WriteI16 does what the protocol of the payload does.
func (p *THeaderProtocol) WriteI16(ctx context.Context, value int16) error {
	return p.payload.WriteI16(ctx, value)
}

// WriteI32 does what the protocol of the payload does.
func (p *THeaderProtocol) WriteI32(ctx context.Context, value int32) error {
	return p.payload.WriteI32(ctx, value)
}

// WriteI64 does what the protocol of the payload does.
func (p *THeaderProtocol) WriteI64(ctx context.Context, value int64) error {
	return p.payload.WriteI64(ctx, value)
}

// WriteDouble does what the protocol of the payload does.
func (p *THeaderProtocol) WriteDouble(ctx context.Context, value float64) error {
	return p.payload.WriteDouble(ctx, value)
}

// WriteString does what the protocol of the payload does.
func (p *THeaderProtocol) WriteString(ctx context.Context, value string) error {
	return p.payload.WriteString(ctx, value)
}

// WriteBinary does what the protocol of the payload does.
func (p *THeaderProtocol) WriteBinary(ctx context.Context, value []byte) error {
	return p.payload.WriteBinary(ctx, value)
}

// ReadMessageEnd does what the protocol of the payload does.
func (p *THeaderProtocol) ReadMessageEnd(ctx context.Context) error {
	return p.payload.ReadMessageEnd(ctx)
}

// ReadStructBegin does what the protocol of the payload does.
func (p *THeaderProtocol) ReadStructBegin(ctx context.Context) (name string, err error) {
	return p.payload.ReadStructBegin(ctx)
}

// ReadStructEnd does what the protocol of the payload does.
func (p *THeaderProtocol) ReadStructEnd(ctx context.Context) error {
	return p.payload.ReadStructEnd(ctx)
}

// ReadFieldBegin does what the protocol of the payload does.
func (p *THeaderProtocol) ReadFieldBegin(ctx context.Context) (name string, typeID TType, id int16, err error) {
	return p.payload.ReadFieldBegin(ctx)
}

// ReadFieldEnd does what the protocol of the payload does.
func (p *THeaderProtocol) ReadFieldEnd(ctx context.Context) error {
	return p.payload.ReadFieldEnd(ctx)
}

// ReadMapBegin does what the protocol of the payload does.
func (p *THeaderProtocol) ReadMapBegin(ctx context.Context) (keyType, valueType TType, size int, err error) {
	return p.payload.ReadMapBegin(ctx)
}

// ReadMapEnd does what the protocol of the payload does.
func (p *THeaderProtocol) ReadMapEnd(ctx context.Context) error {
	return p.payload.ReadMapEnd(ctx)
}

// ReadListBegin does what the protocol of the payload does.
func (p *THeaderProtocol) ReadListBegin(ctx context.Context) (elemType TType, size int, err error) {
	return p.payload.ReadListBegin(ctx)
}

// ReadListEnd does what the protocol of the payload does.
func (p *THeaderProtocol) ReadListEnd(ctx context.Context) error {
	return p.payload.ReadListEnd(ctx)
}

// ReadSetBegin does what the protocol of the payload does.
func (p *THeaderProtocol) ReadSetBegin(ctx context.Context) (elemType TType, size int, err error) {
	return p.payload.ReadSetBegin(ctx)
}

// ReadSetEnd does what the protocol of the payload does.
func (p *THeaderProtocol) ReadSetEnd(ctx context.Context) error {
	return p.payload.ReadSetEnd(ctx)
}

// ReadBool does what the protocol of the payload does.
func (p *THeaderProtocol) ReadBool(ctx context.Context) (value bool, err error) {
	return p.payload.ReadBool(ctx)
}

// ReadByte does what the protocol of the payload does.
func (p *THeaderProtocol) ReadByte(ctx context.Context) (value int8, err error) {
	return p.payload.ReadByte(ctx)
}

// ReadI16 does what the protocol of the payload does.
func (p *THeaderProtocol) ReadI16(ctx context.Context) (value int16, err error) {
	return p.payload.ReadI16(ctx)
}

// ReadI32 does what the protocol of the payload does.
func (p *THeaderProtocol) ReadI32(ctx context.Context) (value int32, err error) {
	return p.payload.ReadI32(ctx)
}

// ReadI64 does what the protocol of the payload does.
func (p *THeaderProtocol) ReadI64(ctx context.Context) (value int64, err error) {
	return p.payload.ReadI64(ctx)
}

// ReadDouble does what the protocol of the payload does.
func (p *THeaderProtocol) ReadDouble(ctx context.Context) (value float64, err error) {
	return p.payload.ReadDouble(ctx)
}

// ReadString does what the protocol of the payload does.
func (p *THeaderProtocol) ReadString(ctx context.Context) (value string, err error) {
	return p.payload.ReadString(ctx)
}

// ReadBinary does what the protocol of the payload does.
func (p *THeaderProtocol) ReadBinary(ctx context.Context) (value []byte, err error) {
	return p.payload.ReadBinary(ctx)
}
