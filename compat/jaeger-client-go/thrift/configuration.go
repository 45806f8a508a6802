// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"crypto/tls"
	"time"
)

// Defaults of [TConfiguration].
const (
	DEFAULT_MAX_MESSAGE_SIZE = 100 * 1024 * 1024
	DEFAULT_MAX_FRAME_SIZE   = 16384000

	DEFAULT_TBINARY_STRICT_READ  = false
	DEFAULT_TBINARY_STRICT_WRITE = true

	DEFAULT_CONNECT_TIMEOUT = 0
	DEFAULT_SOCKET_TIMEOUT  = 0
)

// TConfiguration configures transports and protocols. What is not set has its default,
// as everything has in a nil configuration.
type TConfiguration struct {
	// MaxMessageSize is how many bytes a string, and how many elements a container may
	// have, if it is above 0.
	MaxMessageSize int32

	// MaxFrameSize is how many bytes a frame may have, if it is above 0 and below
	// MaxMessageSize.
	MaxFrameSize int32

	// ConnectTimeout and SocketTimeout are for sockets; 0 is no limit.
	ConnectTimeout time.Duration
	SocketTimeout  time.Duration

	TLSConfig *tls.Config

	// TBinaryStrictRead wants the version in messages of the binary protocol,
	// TBinaryStrictWrite writes it.
	TBinaryStrictRead  *bool
	TBinaryStrictWrite *bool

	// THeaderProtocolID is the protocol in frames of the header transport.
	THeaderProtocolID *THeaderProtocolID

	// noPropagation keeps the defaults of a constructor from transports below it.
	noPropagation bool
}

func unset() *TConfiguration { return &TConfiguration{noPropagation: true} }

// GetMaxMessageSize returns the limit of a message in bytes.
func (c *TConfiguration) GetMaxMessageSize() int32 {
	if c == nil || c.MaxMessageSize <= 0 {
		return DEFAULT_MAX_MESSAGE_SIZE
	}
	return c.MaxMessageSize
}

// GetMaxFrameSize returns the limit of a frame in bytes, which that of a message bounds.
func (c *TConfiguration) GetMaxFrameSize() int32 {
	size := int32(DEFAULT_MAX_FRAME_SIZE)
	if c != nil && c.MaxFrameSize > 0 {
		size = c.MaxFrameSize
	}
	if c == nil {
		return size
	}
	return min(size, c.GetMaxMessageSize())
}

// GetConnectTimeout returns how long connecting may take, 0 without a limit.
func (c *TConfiguration) GetConnectTimeout() time.Duration {
	if c == nil || c.ConnectTimeout < 0 {
		return DEFAULT_CONNECT_TIMEOUT
	}
	return c.ConnectTimeout
}

// GetSocketTimeout returns how long reading or writing may take, 0 without a limit.
func (c *TConfiguration) GetSocketTimeout() time.Duration {
	if c == nil || c.SocketTimeout < 0 {
		return DEFAULT_SOCKET_TIMEOUT
	}
	return c.SocketTimeout
}

// GetTLSConfig returns the configuration of TLS, or nil.
func (c *TConfiguration) GetTLSConfig() *tls.Config {
	if c == nil {
		return nil
	}
	return c.TLSConfig
}

// GetTBinaryStrictRead says whether messages of the binary protocol must have a version.
func (c *TConfiguration) GetTBinaryStrictRead() bool {
	if c == nil || c.TBinaryStrictRead == nil {
		return DEFAULT_TBINARY_STRICT_READ
	}
	return *c.TBinaryStrictRead
}

// GetTBinaryStrictWrite says whether messages of the binary protocol get a version.
func (c *TConfiguration) GetTBinaryStrictWrite() bool {
	if c == nil || c.TBinaryStrictWrite == nil {
		return DEFAULT_TBINARY_STRICT_WRITE
	}
	return *c.TBinaryStrictWrite
}

// GetTHeaderProtocolID returns the protocol in frames of the header transport, the
// default if it is not known.
func (c *TConfiguration) GetTHeaderProtocolID() THeaderProtocolID {
	if c == nil || c.THeaderProtocolID == nil || c.THeaderProtocolID.Validate() != nil {
		return THeaderProtocolDefault
	}
	return *c.THeaderProtocolID
}

// THeaderProtocolIDPtr returns a pointer to id, or to the default and an error if id is
// not known.
func THeaderProtocolIDPtr(id THeaderProtocolID) (*THeaderProtocolID, error) {
	err := id.Validate()
	if err != nil {
		id = THeaderProtocolDefault
	}
	return &id, err
}

// THeaderProtocolIDPtrMust returns a pointer to id. It panics if id is not known.
func THeaderProtocolIDPtrMust(id THeaderProtocolID) *THeaderProtocolID {
	p, err := THeaderProtocolIDPtr(id)
	if err != nil {
		panic(err)
	}
	return p
}
