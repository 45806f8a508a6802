// SPDX-License-Identifier: Apache-2.0

package transport

import (
	"encoding/binary"
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

// parseJSON reads an ExportTraceServiceResponse in protobuf's JSON, which has two
// spellings of each name.
func parseJSON(b []byte) (partialSuccess, error) {
	doc, err := jsondoc.Parse(b, maxAnswer)
	if err != nil {
		return partialSuccess{}, err
	}
	var partial, rejected, message jsondoc.Value
	if err := doc.Fields(jsondoc.Field{Key: "partial_success", Into: &partial}, jsondoc.Field{Key: "partialSuccess", Into: &partial}); err != nil {
		return partialSuccess{}, err
	}
	if err := partial.Fields(
		jsondoc.Field{Key: "rejected_spans", Into: &rejected}, jsondoc.Field{Key: "rejectedSpans", Into: &rejected},
		jsondoc.Field{Key: "error_message", Into: &message}, jsondoc.Field{Key: "errorMessage", Into: &message},
	); err != nil {
		return partialSuccess{}, err
	}
	p := partialSuccess{}
	if rejected != "" {
		if p.rejected, err = parseInt64(rejected); err != nil {
			return partialSuccess{}, err
		}
	}
	if message != "" {
		text, err := message.Text()
		if err != nil {
			return partialSuccess{}, err
		}
		p.message = []byte(text)
	}
	return p, nil
}

// validJSON reads nothing out of JSON.
func validJSON(b []byte) (partialSuccess, error) {
	_, err := jsondoc.Parse(b, maxAnswer)
	return partialSuccess{}, err
}

// parseInt64 reads a number of spans as protobuf's JSON has it: a number, or a string
// with one in it.
func parseInt64(v jsondoc.Value) (int64, error) {
	text := string(v)
	if v[0] == '"' {
		text, _ = v.Text()
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		const exact = 1 << 53
		f, err := strconv.ParseFloat(text, 64) // 1e3 is an integer, too
		if err != nil || f != math.Trunc(f) || math.Abs(f) > exact {
			return 0, errAnswer
		}
		n = int64(f)
	}
	if n < 0 {
		return 0, errAnswer
	}
	return n, nil
}
