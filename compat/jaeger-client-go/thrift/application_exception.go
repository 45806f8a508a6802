// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// Types of application exceptions.
const (
	UNKNOWN_APPLICATION_EXCEPTION  = 0
	UNKNOWN_METHOD                 = 1
	INVALID_MESSAGE_TYPE_EXCEPTION = 2
	WRONG_METHOD_NAME              = 3
	BAD_SEQUENCE_ID                = 4
	MISSING_RESULT                 = 5
	INTERNAL_ERROR                 = 6
	PROTOCOL_ERROR                 = 7
	INVALID_TRANSFORM              = 8
	INVALID_PROTOCOL               = 9
	UNSUPPORTED_CLIENT_TYPE        = 10
)

// TApplicationException is what a server answers instead of a result. It is a struct on
// the wire: 1 is the message, 2 the type.
type TApplicationException interface {
	TException
	TypeId() int32
	Read(ctx context.Context, iprot TProtocol) error
	Write(ctx context.Context, oprot TProtocol) error
}

type tApplicationException struct {
	id   int32
	text string
}

// NewTApplicationException returns an exception. Without a message it has that of its type.
func NewTApplicationException(type_ int32, message string) TApplicationException {
	return &tApplicationException{id: type_, text: message}
}

func (e *tApplicationException) TExceptionType() TExceptionType { return TExceptionTypeApplication }

func (e *tApplicationException) TypeId() int32 { return e.id }

func (e *tApplicationException) Error() string {
	if e.text != "" {
		return e.text
	}
	switch e.id {
	case UNKNOWN_APPLICATION_EXCEPTION:
		return "unknown application exception"
	case UNKNOWN_METHOD:
		return "unknown method"
	case INVALID_MESSAGE_TYPE_EXCEPTION:
		return "invalid message type"
	case WRONG_METHOD_NAME:
		return "wrong method name"
	case BAD_SEQUENCE_ID:
		return "bad sequence ID"
	case MISSING_RESULT:
		return "missing result"
	case INTERNAL_ERROR:
		return "unknown internal error"
	case PROTOCOL_ERROR:
		return "unknown protocol error"
	case INVALID_TRANSFORM:
		return "Invalid transform"
	case INVALID_PROTOCOL:
		return "Invalid protocol"
	case UNSUPPORTED_CLIENT_TYPE:
		return "Unsupported client type"
	default:
		return ""
	}
}

func (e *tApplicationException) Read(ctx context.Context, iprot TProtocol) error {
	var read tApplicationException
	if _, err := iprot.ReadStructBegin(ctx); err != nil {
		return err
	}
	for {
		_, t, id, err := iprot.ReadFieldBegin(ctx)
		if err != nil {
			return err
		}
		if t == STOP {
			break
		}
		switch {
		case id == 1 && t == STRING:
			read.text, err = iprot.ReadString(ctx)
		case id == 2 && t == I32:
			read.id, err = iprot.ReadI32(ctx)
		default:
			err = SkipDefaultDepth(ctx, iprot, t)
		}
		if err != nil {
			return err
		}
		if err := iprot.ReadFieldEnd(ctx); err != nil {
			return err
		}
	}
	if err := iprot.ReadStructEnd(ctx); err != nil {
		return err
	}
	*e = read
	return nil
}

func (e *tApplicationException) Write(ctx context.Context, oprot TProtocol) error {
	if err := oprot.WriteStructBegin(ctx, "TApplicationException"); err != nil {
		return err
	}
	if text := e.Error(); text != "" {
		write := func() error { return oprot.WriteString(ctx, text) }
		if err := writeField(ctx, oprot, "message", STRING, 1, write); err != nil {
			return err
		}
	}
	write := func() error { return oprot.WriteI32(ctx, e.id) }
	if err := writeField(ctx, oprot, "type", I32, 2, write); err != nil {
		return err
	}
	if err := oprot.WriteFieldStop(ctx); err != nil {
		return err
	}
	return oprot.WriteStructEnd(ctx)
}

func writeField(ctx context.Context, p TProtocol, name string, t TType, id int16, write func() error) error {
	if err := p.WriteFieldBegin(ctx, name, t, id); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	return p.WriteFieldEnd(ctx)
}
