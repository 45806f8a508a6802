// SPDX-License-Identifier: Apache-2.0

package thrift

// TType is the type of a value on the wire.
type TType byte

// Types of values.
const (
	STOP   = 0 // ends the fields of a struct
	VOID   = 1
	BOOL   = 2
	BYTE   = 3
	I08    = 3
	DOUBLE = 4
	I16    = 6
	I32    = 8
	I64    = 10
	STRING = 11 // binary, too
	UTF7   = 11
	STRUCT = 12
	MAP    = 13
	SET    = 14
	LIST   = 15
	UTF8   = 16
	UTF16  = 17
)

// String returns the type's name, such as "I32", or "Unknown".
func (t TType) String() string {
	switch t {
	case STOP:
		return "STOP"
	case VOID:
		return "VOID"
	case BOOL:
		return "BOOL"
	case BYTE:
		return "BYTE"
	case DOUBLE:
		return "DOUBLE"
	case I16:
		return "I16"
	case I32:
		return "I32"
	case I64:
		return "I64"
	case STRING:
		return "STRING"
	case STRUCT:
		return "STRUCT"
	case MAP:
		return "MAP"
	case SET:
		return "SET"
	case LIST:
		return "LIST"
	case UTF8:
		return "UTF8"
	case UTF16:
		return "UTF16"
	default:
		return "Unknown"
	}
}

// TMessageType says what a message is.
type TMessageType int32

// Types of messages.
const (
	INVALID_TMESSAGE_TYPE TMessageType = 0
	CALL                  TMessageType = 1
	REPLY                 TMessageType = 2
	EXCEPTION             TMessageType = 3
	ONEWAY                TMessageType = 4 // a call without a reply
)
