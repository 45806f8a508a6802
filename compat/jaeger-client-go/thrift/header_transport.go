// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
)

// peer is how the other side writes: what it gets is written likewise.
type peer int

const (
	peerUnknown peer = iota // nothing was read yet
	peerHeaders
	peerFramedBinary
	peerFramedCompact
	peerBinary
	peerCompact
)

func (p peer) framed() bool {
	return p == peerHeaders || p == peerFramedBinary || p == peerFramedCompact
}

// THeaderTransport carries messages in frames with headers and transforms. From a peer
// that sends binary or compact messages, with the frame's size before them or without, it
// reads those, and answers likewise.
type THeaderTransport struct {
	SequenceID int32
	Flags      uint32

	below  TTransport
	reader *bufio.Reader
	conf   *TConfiguration

	peer     peer
	protocol THeaderProtocolID
	frame    *bytes.Reader // what is left of the payload that is being read, or nil

	readHeaders  THeaderMap
	writeHeaders THeaderMap
	transforms   []THeaderTransformID
	written      bytes.Buffer // the payload to flush
}

// NewTHeaderTransport returns a transport with the defaults of [TConfiguration].
func NewTHeaderTransport(trans TTransport) *THeaderTransport {
	return NewTHeaderTransportConf(trans, unset())
}

// NewTHeaderTransportConf returns a transport with conf, which is set in trans, too. If
// trans is a *THeaderTransport, it is returned.
func NewTHeaderTransportConf(trans TTransport, conf *TConfiguration) *THeaderTransport {
	if t, ok := trans.(*THeaderTransport); ok {
		t.SetTConfiguration(conf)
		return t
	}
	PropagateTConfiguration(trans, conf)
	return &THeaderTransport{
		below:        trans,
		reader:       bufio.NewReader(trans),
		conf:         conf,
		protocol:     conf.GetTHeaderProtocolID(),
		writeHeaders: THeaderMap{},
	}
}

// SetTConfiguration sets conf, in the transport below, too.
func (t *THeaderTransport) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(t.below, conf)
	t.conf = conf
}

// Open opens the transport below.
func (t *THeaderTransport) Open() error { return t.below.Open() }

// IsOpen says whether the transport below is open.
func (t *THeaderTransport) IsOpen() bool { return t.below.IsOpen() }

// Close flushes, and closes the transport below.
func (t *THeaderTransport) Close() error {
	flushed := t.Flush(context.Background())
	if err := t.below.Close(); flushed == nil {
		return err
	}
	return flushed
}

// Read reads the payload of frames.
func (t *THeaderTransport) Read(p []byte) (read int, err error) {
	for len(p) > 0 {
		if err := t.ReadFrame(context.Background()); err != nil {
			return 0, err
		}
		if t.frame == nil {
			return t.reader.Read(p)
		}
		read, _ = t.frame.Read(p)
		if t.frame.Len() == 0 {
			t.frame = nil
		}
		if read > 0 {
			break
		}
	}
	return read, nil
}

// RemainingBytes returns the bytes of the frame that is being read. Without one it does
// not know.
func (t *THeaderTransport) RemainingBytes() uint64 {
	if t.frame != nil {
		return uint64(t.frame.Len())
	}
	if t.peer.framed() {
		return 0
	}
	below := t.below.RemainingBytes()
	return min(below, math.MaxUint64-uint64(t.reader.Buffered())) + uint64(t.reader.Buffered())
}

// Write keeps p until Flush.
func (t *THeaderTransport) Write(p []byte) (int, error) { return t.written.Write(p) }

// GetReadHeaders returns the headers of the frame that was read last.
func (t *THeaderTransport) GetReadHeaders() THeaderMap { return t.readHeaders }

// SetWriteHeader sets a header of the frames to write.
func (t *THeaderTransport) SetWriteHeader(key, value string) { t.writeHeaders[key] = value }

// ClearWriteHeaders removes all headers of the frames to write.
func (t *THeaderTransport) ClearWriteHeaders() { clear(t.writeHeaders) }

// AddTransform adds a transform to the frames to write. It is a NOT_IMPLEMENTED exception
// if it is not known.
func (t *THeaderTransport) AddTransform(transform THeaderTransformID) error {
	if transform != TransformNone && transform != TransformZlib {
		return NewTProtocolExceptionWithType(NOT_IMPLEMENTED, fmt.Errorf("THeaderTransformID %d not supported", transform))
	}
	t.transforms = append(t.transforms, transform)
	return nil
}

// Protocol returns the protocol of the messages in the transport.
func (t *THeaderTransport) Protocol() THeaderProtocolID {
	switch t.peer {
	case peerBinary, peerFramedBinary:
		return THeaderProtocolBinary
	case peerCompact, peerFramedCompact:
		return THeaderProtocolCompact
	default:
		return t.protocol
	}
}

// THeaderTransportFactory makes header transports over what Factory makes, if it is not
// nil.
type THeaderTransportFactory struct {
	Factory TTransportFactory

	conf *TConfiguration
}

// NewTHeaderTransportFactory returns a factory with the defaults of [TConfiguration].
func NewTHeaderTransportFactory(factory TTransportFactory) TTransportFactory {
	return NewTHeaderTransportFactoryConf(factory, unset())
}

// NewTHeaderTransportFactoryConf returns a factory with conf.
func NewTHeaderTransportFactoryConf(factory TTransportFactory, conf *TConfiguration) TTransportFactory {
	return &THeaderTransportFactory{Factory: factory, conf: conf}
}

// GetTransport returns a *THeaderTransport.
func (f *THeaderTransportFactory) GetTransport(trans TTransport) (TTransport, error) {
	if f.Factory != nil {
		var err error
		if trans, err = f.Factory.GetTransport(trans); err != nil {
			return nil, err
		}
	}
	return NewTHeaderTransportConf(trans, f.conf), nil
}

// SetTConfiguration sets conf for the transports that follow.
func (f *THeaderTransportFactory) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(f.Factory, conf)
	f.conf = conf
}

var _ io.ReadWriteCloser = (*THeaderTransport)(nil)
