// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"github.com/go-spur/spur/internal/jsondoc"
)

var errAnswer = errors.New("transport: malformed answer")

// partialSuccess is what an OTLP receiver says besides "accepted"
// (ExportTracePartialSuccess of opentelemetry/proto/collector/trace/v1). Without
// rejected spans the message is a warning.
type partialSuccess struct {
	rejected int64
	message  []byte
}

// parseProto reads an ExportTraceServiceResponse. It allocates nothing: the
// message points into b.
func parseProto(b []byte) (p partialSuccess, err error) {
	const partial = 1
	err = eachField(b, func(number uint64, _ uint64, content []byte) error {
		if number != partial || content == nil {
			return nil
		}
		return p.merge(content)
	})
	if err == nil && p.rejected < 0 {
		err = errAnswer
	}
	if err != nil {
		return partialSuccess{}, err
	}
	return p, nil
}

// merge takes over the fields of one ExportTracePartialSuccess; of a field that
// comes again the last one counts.
func (p *partialSuccess) merge(b []byte) error {
	const rejected, message = 1, 2
	return eachField(b, func(number, value uint64, content []byte) error {
		switch {
		case number == rejected && content == nil:
			p.rejected = int64(value)
		case number == message && content != nil:
			p.message = content
		}
		return nil
	})
}

// eachField calls f for the fields of a protobuf message with a varint (content is
// nil) or bytes (content is not). Fixed-size fields are skipped, and groups, which
// proto3 does not have, are an error.
func eachField(b []byte, f func(number, value uint64, content []byte) error) error {
	const varint, fixed64, lengthDelimited, fixed32 = 0, 1, 2, 5
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 || tag>>3 == 0 || tag > math.MaxUint32 {
			return errAnswer
		}
		b = b[n:]
		var size uint64
		switch tag & 7 {
		case varint:
			value, n := binary.Uvarint(b)
			if n <= 0 {
				return errAnswer
			}
			b = b[n:]
			if err := f(tag>>3, value, nil); err != nil {
				return err
			}
			continue
		case lengthDelimited:
			if size, n = binary.Uvarint(b); n <= 0 {
				return errAnswer
			}
			b = b[n:]
		case fixed64:
			size = 8
		case fixed32:
			size = 4
		default:
			return errAnswer
		}
		if size > uint64(len(b)) {
			return errAnswer
		}
		if tag&7 == lengthDelimited {
			if err := f(tag>>3, 0, b[:size:size]); err != nil {
				return err
			}
		}
		b = b[size:]
	}
	return nil
}

// jsonAnswer is an ExportTraceServiceResponse in protobuf's JSON, which has two
// spellings of each name.
type jsonAnswer struct {
	Camel *jsonPartial `json:"partialSuccess"`
	Snake *jsonPartial `json:"partial_success"`
}

type jsonPartial struct {
	CamelRejected *jsonInt64 `json:"rejectedSpans"`
	SnakeRejected *jsonInt64 `json:"rejected_spans"`
	CamelMessage  string     `json:"errorMessage"`
	SnakeMessage  string     `json:"error_message"`
}

func parseJSON(b []byte) (partialSuccess, error) {
	var a jsonAnswer
	if err := jsondoc.Unmarshal(b, maxAnswer, &a); err != nil {
		return partialSuccess{}, err
	}
	p := cmp.Or(a.Camel, a.Snake, &jsonPartial{})
	n := *cmp.Or(p.CamelRejected, p.SnakeRejected, new(jsonInt64))
	if n < 0 {
		return partialSuccess{}, errAnswer
	}
	return partialSuccess{rejected: int64(n), message: []byte(cmp.Or(p.CamelMessage, p.SnakeMessage))}, nil
}

// validJSON reads nothing out of JSON.
func validJSON(b []byte) (partialSuccess, error) {
	return partialSuccess{}, jsondoc.Unmarshal(b, maxAnswer, new(json.RawMessage))
}

// jsonInt64 is an int64 as protobuf's JSON has it: a number, or a string with one
// in it.
type jsonInt64 int64

// UnmarshalJSON implements json.Unmarshaler.
func (i *jsonInt64) UnmarshalJSON(b []byte) error {
	text := string(b)
	if b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		*i = jsonInt64(n)
		return nil
	}
	const exact = 1 << 53
	f, err := strconv.ParseFloat(text, 64) // 1e3 is an integer, too
	if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
		return errAnswer
	}
	*i = jsonInt64(f)
	return nil
}
