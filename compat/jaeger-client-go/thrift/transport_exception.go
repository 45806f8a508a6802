// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"errors"
	"io"
)

// Types of transport exceptions.
const (
	UNKNOWN_TRANSPORT_EXCEPTION = 0
	NOT_OPEN                    = 1
	ALREADY_OPEN                = 2
	TIMED_OUT                   = 3
	END_OF_FILE                 = 4
)

// TTransportException says that a transport did not carry bytes.
type TTransportException interface {
	TException
	TypeId() int
	Err() error
}

type tTransportException struct {
	id   int
	err  error
	text string
}

// NewTTransportException returns an exception of a type with a text.
func NewTTransportException(t int, e string) TTransportException {
	return &tTransportException{id: t, err: errors.New(e), text: e}
}

// NewTTransportExceptionFromError returns e as a transport exception: itself if it is one,
// of type TIMED_OUT or END_OF_FILE where e says so, else of the unknown type. It returns
// nil for nil.
func NewTTransportExceptionFromError(e error) TTransportException {
	if e == nil {
		return nil
	}
	if t, ok := e.(TTransportException); ok { //nolint:errorlint // one that is wrapped is not the whole error
		return t
	}
	id := UNKNOWN_TRANSPORT_EXCEPTION
	switch {
	case isTimeout(e):
		id = TIMED_OUT
	case errors.Is(e, io.EOF):
		id = END_OF_FILE
	}
	return &tTransportException{id: id, err: e, text: e.Error()}
}

func (e *tTransportException) TExceptionType() TExceptionType { return TExceptionTypeTransport }
func (e *tTransportException) TypeId() int                    { return e.id }
func (e *tTransportException) Error() string                  { return e.text }
func (e *tTransportException) Err() error                     { return e.err }
func (e *tTransportException) Unwrap() error                  { return e.err }
func (e *tTransportException) Timeout() bool                  { return e.id == TIMED_OUT }

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
