// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"encoding/base64"
	"errors"
	"fmt"
)

// Types of protocol exceptions.
const (
	UNKNOWN_PROTOCOL_EXCEPTION = 0
	INVALID_DATA               = 1
	NEGATIVE_SIZE              = 2
	SIZE_LIMIT                 = 3
	BAD_VERSION                = 4
	NOT_IMPLEMENTED            = 5
	DEPTH_LIMIT                = 6
)

// TProtocolException says that data is not what a protocol wants.
type TProtocolException interface {
	TException
	TypeId() int
}

type tProtocolException struct {
	id   int
	err  error
	text string
}

// NewTProtocolException returns err as a protocol exception: itself if it is one, of type
// INVALID_DATA for wrong base64, else of the unknown type. It returns nil for nil.
func NewTProtocolException(err error) TProtocolException {
	if err == nil {
		return nil
	}
	if e, ok := err.(TProtocolException); ok { //nolint:errorlint // one that is wrapped is not the whole error
		return e
	}
	if errors.As(err, new(base64.CorruptInputError)) {
		return NewTProtocolExceptionWithType(INVALID_DATA, err)
	}
	return NewTProtocolExceptionWithType(UNKNOWN_PROTOCOL_EXCEPTION, err)
}

// NewTProtocolExceptionWithType returns err as a protocol exception of a type, nil for nil.
func NewTProtocolExceptionWithType(errType int, err error) TProtocolException {
	if err == nil {
		return nil
	}
	return &tProtocolException{id: errType, err: err, text: err.Error()}
}

func (e *tProtocolException) TExceptionType() TExceptionType { return TExceptionTypeProtocol }
func (e *tProtocolException) TypeId() int                    { return e.id }
func (e *tProtocolException) Error() string                  { return e.text }
func (e *tProtocolException) String() string                 { return e.text }
func (e *tProtocolException) Unwrap() error                  { return e.err }

// invalidData is an exception of type INVALID_DATA.
func invalidData(format string, args ...any) error {
	return NewTProtocolExceptionWithType(INVALID_DATA, fmt.Errorf(format, args...))
}
