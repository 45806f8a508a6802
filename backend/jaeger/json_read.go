// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/model"
)

// ReadJSON reads what AppendJSON and Jaeger write. A process that is missing is empty.
// Unknown fields are ignored.
func ReadJSON(b []byte) (s Span, p model.Process, err error) {
	var j jsonSpan
	if err := json.Unmarshal(b, &j); err != nil {
		return s, p, fmt.Errorf("not a span of Jaeger's: %w", err)
	}
	s.TraceID, s.SpanID = model.TraceID(j.TraceID), model.SpanID(j.SpanID)
	s.Operation, s.Warnings, s.FlagBits = j.OperationName, j.Warnings, j.Flags
	s.Start, s.Duration = int64(j.StartTime), time.Duration(j.Duration)
	for _, r := range j.References {
		ref := model.Reference{TraceID: model.TraceID(r.TraceID), SpanID: model.SpanID(r.SpanID), Type: model.FollowsFrom}
		if r.RefType == "" || r.RefType == "CHILD_OF" || r.RefType == "0" {
			ref.Type = model.ChildOf
		}
		s.References = append(s.References, ref)
	}
	s.Tags = readTags(j.Tags)
	for _, l := range j.Logs {
		s.Logs = append(s.Logs, model.Log{Time: int64(l.Timestamp), Fields: readTags(l.Fields)})
	}
	return s, model.Process{Service: j.Process.ServiceName, Tags: readTags(j.Process.Tags)}, nil
}

type jsonSpan struct {
	TraceID       jsonTraceID
	SpanID        jsonSpanID
	OperationName string
	References    []struct {
		TraceID jsonTraceID
		SpanID  jsonSpanID
		RefType jsonWord
	}
	Flags     uint32
	StartTime jsonInstant
	Duration  jsonLength
	Tags      []jsonTag
	Logs      []struct {
		Timestamp jsonInstant
		Fields    []jsonTag
	}
	Process struct {
		ServiceName string
		Tags        []jsonTag
	}
	Warnings []string
}

type jsonTag struct {
	Key      string
	VType    jsonWord
	VStr     string
	VBool    bool
	VInt64   jsonWord
	VFloat64 jsonWord
	VBinary  []byte
}

func readTags(in []jsonTag) []model.Tag {
	if len(in) == 0 {
		return nil
	}
	out := make([]model.Tag, len(in))
	for i := range in {
		out[i] = model.Tag{Key: in[i].Key, Value: in[i].value()}
	}
	return out
}

// value is what VType names. A number that is none is text.
func (t *jsonTag) value() model.Value {
	switch t.VType {
	case "", "STRING", "0":
		return model.String(t.VStr)
	case "BOOL", "1":
		return model.Bool(t.VBool)
	case "INT64", "2":
		n, err := strconv.ParseInt(string(t.VInt64), 10, 64)
		if err != nil && t.VInt64 != "" {
			return model.String(string(t.VInt64))
		}
		return model.Int64(n)
	case "FLOAT64", "3":
		f, err := strconv.ParseFloat(string(t.VFloat64), 64)
		if err != nil && t.VFloat64 != "" {
			return model.String(string(t.VFloat64))
		}
		return model.Float64(f)
	case "BINARY", "4":
		return model.Bytes(t.VBinary)
	}
	return model.String("(unknown value type)")
}

// jsonWord is text, or a number as text: of integers and enums JSON has both.
type jsonWord string

func (w *jsonWord) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(w))
	}
	if string(b) != "null" {
		*w = jsonWord(b)
	}
	return nil
}

type jsonTraceID model.TraceID

func (id *jsonTraceID) UnmarshalJSON(b []byte) error {
	raw, err := jsonID(b, "trace", 8, 16)
	switch {
	case err != nil:
		return err
	case len(raw) == 8:
		id.Low = binary.BigEndian.Uint64(raw)
	case len(raw) == 16:
		id.High, id.Low = binary.BigEndian.Uint64(raw), binary.BigEndian.Uint64(raw[8:])
	}
	return nil
}

type jsonSpanID model.SpanID

func (id *jsonSpanID) UnmarshalJSON(b []byte) error {
	raw, err := jsonID(b, "span", 8)
	if err == nil && len(raw) == 8 {
		*id = jsonSpanID(binary.BigEndian.Uint64(raw))
	}
	return err
}

// jsonID reads an id in base64, which has none or one of these numbers of bytes.
func jsonID(b []byte, of string, lengths ...int) (raw []byte, err error) {
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	if len(raw) > 0 && !slices.Contains(lengths, len(raw)) {
		return nil, fmt.Errorf("a %s id of %d bytes", of, len(raw))
	}
	return raw, nil
}

// jsonInstant is a Timestamp in nanoseconds since 1970, as far as 64 bits go.
type jsonInstant int64

func (i *jsonInstant) UnmarshalJSON(b []byte) error {
	var t time.Time
	if err := json.Unmarshal(b, &t); err != nil {
		return err
	}
	switch seconds := t.Unix(); {
	case t.IsZero(): // there is none
	case seconds > math.MaxInt64/int64(time.Second)-1:
		*i = math.MaxInt64
	case seconds < math.MinInt64/int64(time.Second)+1:
		*i = math.MinInt64
	default:
		*i = jsonInstant(t.UnixNano())
	}
	return nil
}

var errDuration = errors.New("not a duration such as 1.5s")

// jsonLength is a Duration, as far as 64 bits go.
type jsonLength int64

func (l *jsonLength) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil || text == "" {
		return err
	}
	number, ok := strings.CutSuffix(text, "s")
	if !ok || number == "" || strings.Trim(number, "-0123456789.") != "" {
		return errDuration
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		f, ferr := strconv.ParseFloat(number, 64)
		switch {
		case ferr != nil:
			return errDuration
		case f > 0:
			d = math.MaxInt64
		default:
			d = math.MinInt64
		}
	}
	*l = jsonLength(d)
	return nil
}
