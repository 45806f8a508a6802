// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
)

// document is what a document of a span says, of any of Jaeger's versions.
type document struct {
	TraceID       string          `json:"traceID"`
	SpanID        string          `json:"spanID"`
	ParentSpanID  string          `json:"parentSpanID"` // of old ones
	Flags         uint32          `json:"flags"`
	OperationName string          `json:"operationName"`
	References    []reference     `json:"references"`
	StartTime     uint64          `json:"startTime"`
	Duration      uint64          `json:"duration"`
	Tags          []tag           `json:"tags"`
	Tag           map[string]any  `json:"tag"`
	Logs          []logged        `json:"logs"`
	Process       json.RawMessage `json:"process"`
}

type reference struct {
	RefType string `json:"refType"`
	TraceID string `json:"traceID"`
	SpanID  string `json:"spanID"`
}

type logged struct {
	Timestamp uint64 `json:"timestamp"`
	Fields    []tag  `json:"fields"`
}

// tag has a value that is text or, of later versions of Jaeger, a number or a bool.
type tag struct {
	Key   string `json:"key"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

type process struct {
	ServiceName string         `json:"serviceName"`
	Tags        []tag          `json:"tags"`
	Tag         map[string]any `json:"tag"`
}

// decoder reads documents.
type decoder struct{ replacement string }

// span reads a document. The bytes are those of its process.
func (d *decoder) span(source []byte) (s jaeger.Span, from []byte, err error) {
	var doc document
	if err := unmarshal(source, &doc); err != nil {
		return s, nil, err
	}
	if s.TraceID, err = parseTraceID(doc.TraceID); err != nil {
		return s, nil, err
	}
	if s.SpanID, err = parseSpanID(doc.SpanID); err != nil {
		return s, nil, err
	}
	if doc.ParentSpanID != "" {
		if s.ParentID, err = parseSpanID(doc.ParentSpanID); err != nil {
			return s, nil, err
		}
	}
	s.FlagBits = doc.Flags
	s.Operation = doc.OperationName
	start := nanoseconds(doc.StartTime)
	s.Start, s.Duration = int64(start), time.Duration(min(nanoseconds(doc.Duration), math.MaxInt64))
	if s.References, err = references(doc.References); err != nil {
		return s, nil, err
	}
	s.Tags = d.tags(doc.Tags, doc.Tag)
	for _, l := range doc.Logs {
		s.Logs = append(s.Logs, model.Log{Time: int64(nanoseconds(l.Timestamp)), Fields: d.tags(l.Fields, nil)})
	}
	return s, doc.Process, nil
}

// process reads a process of documents.
func (d *decoder) process(source []byte) (*model.Process, error) {
	var p process
	if len(source) > 0 {
		if err := unmarshal(source, &p); err != nil {
			return nil, err
		}
	}
	return &model.Process{Service: p.ServiceName, Tags: d.tags(p.Tags, p.Tag)}, nil
}

// tags are those of the list and, sorted, those that are fields.
func (d *decoder) tags(list []tag, fields map[string]any) []model.Tag {
	out := make([]model.Tag, 0, len(list)+len(fields))
	for i := range list {
		out = append(out, model.Tag{Key: list[i].Key, Value: list[i].value()})
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, model.Tag{Key: strings.ReplaceAll(name, d.replacement, "."), Value: fieldValue(fields[name])})
	}
	return out
}

// value is the value of its type, or text when it is none of that.
func (t *tag) value() model.Value {
	text := plain(t.Value)
	switch t.Type {
	case typeBool:
		if b, err := strconv.ParseBool(text); err == nil {
			return model.Bool(b)
		}
	case typeInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return model.Int64(n)
		}
	case typeFloat:
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return model.Float64(f)
		}
	case typeBinary:
		if b, err := hex.DecodeString(text); err == nil {
			return model.Bytes(b)
		}
	}
	return model.String(text)
}

// fieldValue is the value of a tag that is a field. A number without a fraction is an
// integer, for the server keeps no other sign of what it was.
func fieldValue(v any) model.Value {
	switch v := v.(type) {
	case bool:
		return model.Bool(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return model.Int64(n)
		}
		if f, err := v.Float64(); err == nil {
			return model.Float64(f)
		}
	}
	return model.String(plain(v))
}

// plain is v as text.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	b, _ := json.Marshal(v) // it came from JSON
	return string(b)
}

func references(list []reference) (out []model.Reference, err error) {
	for _, r := range list {
		ref := model.Reference{Type: model.ChildOf}
		if r.RefType == "FOLLOWS_FROM" {
			ref.Type = model.FollowsFrom
		}
		if ref.TraceID, err = parseTraceID(r.TraceID); err != nil {
			return nil, err
		}
		if ref.SpanID, err = parseSpanID(r.SpanID); err != nil {
			return nil, err
		}
		out = append(out, ref)
	}
	return out, nil
}

// unmarshal keeps numbers as they are written.
func unmarshal(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(to)
}

// nanoseconds are as many as a time of OTLP can say.
func nanoseconds(us uint64) uint64 {
	if us > math.MaxUint64/1000 {
		return math.MaxUint64
	}
	return us * 1000
}

var errID = errors.New("is no id")

// parseTraceID reads an id of up to 32 digits: old ones are without leading zeros.
func parseTraceID(s string) (id model.TraceID, err error) {
	low := max(len(s)-16, 0)
	if len(s) == 0 || len(s) > 32 {
		return id, fmt.Errorf("%.40q %w", s, errID)
	}
	if low > 0 {
		if id.High, err = strconv.ParseUint(s[:low], 16, 64); err != nil {
			return id, fmt.Errorf("%.40q %w", s, errID)
		}
	}
	if id.Low, err = strconv.ParseUint(s[low:], 16, 64); err != nil {
		return id, fmt.Errorf("%.40q %w", s, errID)
	}
	return id, nil
}

func parseSpanID(s string) (model.SpanID, error) {
	n, err := strconv.ParseUint(s, 16, 64)
	if err != nil {
		return 0, fmt.Errorf("%.40q %w", s, errID)
	}
	return model.SpanID(n), nil
}
