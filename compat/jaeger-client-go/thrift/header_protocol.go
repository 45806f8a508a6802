// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"errors"
)

// THeaderProtocol is the protocol over a [THeaderTransport]: that of its payload, binary
// or compact, with headers.
type THeaderProtocol struct {
	transport *THeaderTransport
	payload   TProtocol
	conf      *TConfiguration
}

// NewTHeaderProtocol returns a protocol with the defaults of [TConfiguration].
func NewTHeaderProtocol(trans TTransport) *THeaderProtocol {
	return NewTHeaderProtocolConf(trans, unset())
}

// NewTHeaderProtocolConf returns a protocol with conf, which is set in trans, too.
func NewTHeaderProtocolConf(trans TTransport, conf *TConfiguration) *THeaderProtocol {
	t := NewTHeaderTransportConf(trans, conf)
	payload, _ := conf.GetTHeaderProtocolID().GetProtocol(t) // one that is known
	PropagateTConfiguration(payload, conf)
	return &THeaderProtocol{transport: t, payload: payload, conf: conf}
}

// SetTConfiguration sets conf, in the transport below, too.
func (p *THeaderProtocol) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(p.transport, conf)
	PropagateTConfiguration(p.payload, conf)
	p.conf = conf
}

// Transport returns the *THeaderTransport.
func (p *THeaderProtocol) Transport() TTransport { return p.transport }

// GetReadHeaders returns the headers of the frame that was read last.
func (p *THeaderProtocol) GetReadHeaders() THeaderMap { return p.transport.GetReadHeaders() }

// SetWriteHeader sets a header of the frames to write.
func (p *THeaderProtocol) SetWriteHeader(key, value string) { p.transport.SetWriteHeader(key, value) }

// ClearWriteHeaders removes all headers of the frames to write.
func (p *THeaderProtocol) ClearWriteHeaders() { p.transport.ClearWriteHeaders() }

// AddTransform adds a transform to the frames to write.
func (p *THeaderProtocol) AddTransform(transform THeaderTransformID) error {
	return p.transport.AddTransform(transform)
}

// Flush writes the frame.
func (p *THeaderProtocol) Flush(ctx context.Context) error { return p.transport.Flush(ctx) }

// Skip reads a value and drops it.
func (p *THeaderProtocol) Skip(ctx context.Context, fieldType TType) error {
	return p.payload.Skip(ctx, fieldType)
}

// ReadFrame reads a frame, unless one is still being read.
func (p *THeaderProtocol) ReadFrame(ctx context.Context) error { return p.transport.ReadFrame(ctx) }

// WriteMessageBegin writes the head of a message in the protocol of the peer.
func (p *THeaderProtocol) WriteMessageBegin(ctx context.Context, name string, typeID TMessageType, seqID int32) error {
	if err := p.follow(); err != nil {
		return err
	}
	p.transport.SequenceID = seqID
	return p.payload.WriteMessageBegin(ctx, name, typeID, seqID)
}

// WriteMessageEnd writes the frame.
func (p *THeaderProtocol) WriteMessageEnd(ctx context.Context) error {
	if err := p.payload.WriteMessageEnd(ctx); err != nil {
		return err
	}
	return p.transport.Flush(ctx)
}

// ReadMessageBegin reads the head of a message. A peer whose protocol is not known gets
// an exception.
func (p *THeaderProtocol) ReadMessageBegin(ctx context.Context) (name string, typeID TMessageType, seqID int32, err error) {
	if err := p.transport.ReadFrame(ctx); err != nil {
		return "", 0, 0, err
	}
	if err := p.follow(); err != nil {
		p.refuse(ctx, err)
		return "", 0, 0, err
	}
	return p.payload.ReadMessageBegin(ctx)
}

// follow changes to the protocol of the peer.
func (p *THeaderProtocol) follow() error {
	payload, err := p.transport.Protocol().GetProtocol(p.transport)
	if err != nil {
		return err
	}
	PropagateTConfiguration(payload, p.conf)
	p.payload = payload
	return nil
}

// refuse sends err, if it is an application exception, as far as it can.
func (p *THeaderProtocol) refuse(ctx context.Context, err error) {
	var e TApplicationException
	if errors.As(err, &e) &&
		p.payload.WriteMessageBegin(ctx, "", EXCEPTION, 0) == nil &&
		e.Write(ctx, p.payload) == nil &&
		p.payload.WriteMessageEnd(ctx) == nil {
		_ = p.transport.Flush(ctx)
	}
}

type headerProtocolFactory struct {
	conf *TConfiguration
}

// NewTHeaderProtocolFactory returns a factory with the defaults of [TConfiguration].
func NewTHeaderProtocolFactory() TProtocolFactory {
	return NewTHeaderProtocolFactoryConf(unset())
}

// NewTHeaderProtocolFactoryConf returns a factory of *THeaderProtocol with conf.
func NewTHeaderProtocolFactoryConf(conf *TConfiguration) TProtocolFactory {
	return &headerProtocolFactory{conf}
}

func (f *headerProtocolFactory) GetProtocol(trans TTransport) TProtocol {
	return NewTHeaderProtocolConf(trans, f.conf)
}

func (f *headerProtocolFactory) SetTConfiguration(conf *TConfiguration) { f.conf = conf }
