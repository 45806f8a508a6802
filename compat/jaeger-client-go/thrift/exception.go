// SPDX-License-Identifier: Apache-2.0

package thrift

import "errors"

// TException is an error of Thrift.
type TException interface {
	error

	TExceptionType() TExceptionType
}

// TExceptionType is the kind of a [TException].
type TExceptionType byte

// Kinds of exceptions.
const (
	TExceptionTypeUnknown     TExceptionType = 0
	TExceptionTypeCompiled    TExceptionType = 1 // declared in an IDL file
	TExceptionTypeApplication TExceptionType = 2 // a [TApplicationException]
	TExceptionTypeProtocol    TExceptionType = 3 // a [TProtocolException]
	TExceptionTypeTransport   TExceptionType = 4 // a [TTransportException]
)

// WrapTException returns err as a TException of unknown kind, or itself if it is one. It
// returns nil for nil.
func WrapTException(err error) TException {
	if err == nil {
		return nil
	}
	if e, ok := err.(TException); ok { //nolint:errorlint // one that is wrapped is not the whole error
		return e
	}
	return wrapped{err: err, text: err.Error(), kind: TExceptionTypeUnknown}
}

// PrependError returns an error with prepend before the text of err, which it wraps. An
// exception stays one of its kind, with its type id.
func PrependError(prepend string, err error) error {
	text := prepend + err.Error()
	var exception TException
	if !errors.As(err, &exception) {
		return errors.New(text)
	}
	kind := exception.TExceptionType()
	//nolint:errorlint // what only wraps an exception stays a wrapper
	switch e := err.(type) {
	case TTransportException:
		if kind == TExceptionTypeTransport {
			return &tTransportException{id: e.TypeId(), err: err, text: text}
		}
	case TProtocolException:
		if kind == TExceptionTypeProtocol {
			return &tProtocolException{id: e.TypeId(), err: err, text: text}
		}
	}
	var application TApplicationException
	if kind == TExceptionTypeApplication && errors.As(err, &application) {
		return NewTApplicationException(application.TypeId(), text)
	}
	return wrapped{err: err, text: text, kind: kind}
}

// wrapped makes an exception of any error.
type wrapped struct {
	err  error
	text string
	kind TExceptionType
}

func (w wrapped) Error() string                  { return w.text }
func (w wrapped) TExceptionType() TExceptionType { return w.kind }
func (w wrapped) Unwrap() error                  { return w.err }
