// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-spur/spur/model"
)

// jsonTime is how protobuf's JSON has a Timestamp.
const jsonTime = "2006-01-02T15:04:05.000000000Z"

// AppendJSON appends a Span of model.proto with its process in the JSON of protobuf:
// ids and bytes are base64, integers of 64 bits text. What is not UTF-8 in text becomes
// U+FFFD.
func AppendJSON(b []byte, s *Span, p *model.Process) []byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], s.TraceID.High)
	binary.BigEndian.PutUint64(id[8:], s.TraceID.Low)
	b = appendBase64(append(b, `{"traceId":`...), id[:])
	b = appendJSONSpanID(b, s.SpanID)
	if s.Operation != "" {
		b = appendJSONText(append(b, `,"operationName":`...), s.Operation)
	}
	if len(s.References) > 0 {
		b = append(b, `,"references":`...)
		for i := range s.References {
			b = appendJSONReference(append(b, separator(i)), &s.References[i])
		}
		b = append(b, ']')
	}
	if s.FlagBits != 0 {
		b = strconv.AppendUint(append(b, `,"flags":`...), uint64(s.FlagBits), 10)
	}
	b = appendJSONTime(append(b, `,"startTime":`...), s.Start)
	b = appendJSONDuration(append(b, `,"duration":`...), s.Duration)
	b = appendJSONTags(b, "tags", s.Tags)
	if len(s.Logs) > 0 {
		b = append(b, `,"logs":`...)
		for i := range s.Logs {
			b = appendJSONTime(append(append(b, separator(i)), `{"timestamp":`...), s.Logs[i].Time)
			b = append(appendJSONTags(b, "fields", s.Logs[i].Fields), '}')
		}
		b = append(b, ']')
	}
	b = appendJSONText(append(b, `,"process":{"serviceName":`...), p.Service)
	b = append(appendJSONTags(b, "tags", p.Tags), '}')
	if len(s.Warnings) > 0 {
		b = append(b, `,"warnings":`...)
		for i, w := range s.Warnings {
			b = appendJSONText(append(b, separator(i)), w)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

// separator is what stands before the element i of a list.
func separator(i int) byte {
	if i == 0 {
		return '['
	}
	return ','
}

func appendJSONSpanID(b []byte, s model.SpanID) []byte {
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(s))
	return appendBase64(append(b, `,"spanId":`...), id[:])
}

func appendJSONReference(b []byte, r *model.Reference) []byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], r.TraceID.High)
	binary.BigEndian.PutUint64(id[8:], r.TraceID.Low)
	b = appendBase64(append(b, `{"traceId":`...), id[:])
	b = appendJSONSpanID(b, r.SpanID)
	if r.Type != model.ChildOf {
		b = append(b, `,"refType":"FOLLOWS_FROM"`...)
	}
	return append(b, '}')
}

// appendJSONTags appends a field that is a list of KeyValues, unless there are none.
func appendJSONTags(b []byte, name string, tags []model.Tag) []byte {
	if len(tags) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	for i := range tags {
		b = appendJSONText(append(append(b, separator(i)), `{"key":`...), tags[i].Key)
		b = append(appendJSONValue(b, tags[i].Value), '}')
	}
	return append(b, ']')
}

// appendJSONValue appends the fields of a KeyValue that say its type and value.
func appendJSONValue(b []byte, v model.Value) []byte {
	switch v.Kind() {
	case model.KindBool:
		return strconv.AppendBool(append(b, `,"vType":"BOOL","vBool":`...), v.Bool())
	case model.KindInt64:
		b = append(b, `,"vType":"INT64","vInt64":"`...)
		return append(strconv.AppendInt(b, v.Int64(), 10), '"')
	case model.KindFloat64:
		return appendJSONFloat(append(b, `,"vType":"FLOAT64","vFloat64":`...), v.Float64())
	case model.KindBytes:
		return appendBase64(append(b, `,"vType":"BINARY","vBinary":`...), []byte(v.Str()))
	}
	return appendJSONText(append(b, `,"vStr":`...), v.Str())
}

func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

func appendJSONTime(b []byte, ns int64) []byte {
	return append(time.Unix(0, ns).UTC().AppendFormat(append(b, '"'), jsonTime), '"')
}

func appendJSONDuration(b []byte, d time.Duration) []byte {
	b = append(b, '"')
	seconds, ns := d/time.Second, d%time.Second
	if d < 0 {
		b, seconds, ns = append(b, '-'), -seconds, -ns
	}
	return append(fmt.Appendf(b, "%d.%09d", int64(seconds), int64(ns)), `s"`...)
}

func appendBase64(b, v []byte) []byte {
	return append(base64.StdEncoding.AppendEncode(append(b, '"'), v), '"')
}

// appendJSONText appends s in quotes.
func appendJSONText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	plain := 0 // where what is not appended yet begins
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[plain:i]...), "\ufffd"...)
				plain = i + 1
			}
			i += n
			continue
		}
		if c < ' ' || c == '"' || c == '\\' {
			b = append(b, s[plain:i]...)
			plain = i + 1
			if c < ' ' {
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			} else {
				b = append(b, '\\', c)
			}
		}
		i++
	}
	return append(append(b, s[plain:]...), '"')
}
