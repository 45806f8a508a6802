// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// TBinaryProtocol is the binary protocol: values of fixed size in network order, sizes
// before strings and containers.
type TBinaryProtocol struct {
	input
	below TTransport
}

// NewTBinaryProtocolTransport returns a protocol with the defaults of [TConfiguration].
func NewTBinaryProtocolTransport(t TTransport) *TBinaryProtocol {
	return NewTBinaryProtocolConf(t, unset())
}

// NewTBinaryProtocol returns a protocol that wants, and writes, the version in messages.
func NewTBinaryProtocol(t TTransport, strictRead, strictWrite bool) *TBinaryProtocol {
	return NewTBinaryProtocolConf(t, strict(strictRead, strictWrite))
}

// NewTBinaryProtocolConf returns a protocol with conf, which is set in t, too.
func NewTBinaryProtocolConf(t TTransport, conf *TConfiguration) *TBinaryProtocol {
	PropagateTConfiguration(t, conf)
	return &TBinaryProtocol{input: input{trans: rich(t), conf: conf}, below: t}
}

func strict(read, write bool) *TConfiguration {
	conf := unset()
	conf.TBinaryStrictRead, conf.TBinaryStrictWrite = &read, &write
	return conf
}

// SetTConfiguration sets conf, in the transport below, too.
func (p *TBinaryProtocol) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(p.trans, conf)
	PropagateTConfiguration(p.below, conf)
	p.conf = conf
}

// Transport returns the transport below.
func (p *TBinaryProtocol) Transport() TTransport { return p.below }

// Flush flushes the transport below.
func (p *TBinaryProtocol) Flush(ctx context.Context) (err error) {
	return NewTProtocolException(p.trans.Flush(ctx))
}

// Skip reads a value and drops it.
func (p *TBinaryProtocol) Skip(ctx context.Context, fieldType TType) (err error) {
	return SkipDefaultDepth(ctx, p, fieldType)
}

// TBinaryProtocolFactory makes binary protocols.
type TBinaryProtocolFactory struct {
	conf *TConfiguration
}

// NewTBinaryProtocolFactoryDefault returns a factory with the defaults of [TConfiguration].
func NewTBinaryProtocolFactoryDefault() *TBinaryProtocolFactory {
	return NewTBinaryProtocolFactoryConf(unset())
}

// NewTBinaryProtocolFactory returns a factory of protocols that want, and write, the
// version in messages.
func NewTBinaryProtocolFactory(strictRead, strictWrite bool) *TBinaryProtocolFactory {
	return NewTBinaryProtocolFactoryConf(strict(strictRead, strictWrite))
}

// NewTBinaryProtocolFactoryConf returns a factory with conf.
func NewTBinaryProtocolFactoryConf(conf *TConfiguration) *TBinaryProtocolFactory {
	return &TBinaryProtocolFactory{conf}
}

// GetProtocol returns a *TBinaryProtocol.
func (f *TBinaryProtocolFactory) GetProtocol(t TTransport) TProtocol {
	return NewTBinaryProtocolConf(t, f.conf)
}

// SetTConfiguration sets conf for the protocols that follow.
func (f *TBinaryProtocolFactory) SetTConfiguration(conf *TConfiguration) { f.conf = conf }
