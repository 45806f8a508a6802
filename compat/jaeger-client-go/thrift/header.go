// SPDX-License-Identifier: Apache-2.0

package thrift

import "fmt"

// The first four bytes of a frame of the header transport: the magic number above flags.
const (
	THeaderHeaderMagic uint32 = 0x0fff0000
	THeaderHeaderMask  uint32 = 0xffff0000
	THeaderFlagsMask   uint32 = 0x0000ffff

	// THeaderMaxFrameSize is the size in bytes that no frame may exceed.
	THeaderMaxFrameSize uint32 = 0x3fffffff
)

// THeaderMap holds the headers of a message.
type THeaderMap map[string]string

// THeaderInfoType is what a part of the head of a frame holds.
type THeaderInfoType int32

// InfoKeyValue is a part that holds headers.
const InfoKeyValue THeaderInfoType = 1

// THeaderProtocolID is the protocol of a frame's payload.
type THeaderProtocolID int32

// Protocols of a payload.
const (
	THeaderProtocolBinary  THeaderProtocolID = 0
	THeaderProtocolCompact THeaderProtocolID = 2
	THeaderProtocolDefault                   = THeaderProtocolBinary
)

// Validate returns an INVALID_PROTOCOL exception if id is not known.
func (id THeaderProtocolID) Validate() error {
	_, err := id.GetProtocol(NewTMemoryBuffer())
	return err
}

// GetProtocol returns the protocol over trans, or an INVALID_PROTOCOL exception.
func (id THeaderProtocolID) GetProtocol(trans TTransport) (TProtocol, error) {
	switch id {
	case THeaderProtocolBinary:
		return NewTBinaryProtocolTransport(trans), nil
	case THeaderProtocolCompact:
		return NewTCompactProtocol(trans), nil
	default:
		return nil, NewTApplicationException(INVALID_PROTOCOL, fmt.Sprintf("THeader protocol id %d not supported", id))
	}
}
