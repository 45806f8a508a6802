// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
)

// maxIndexed is the number of characters of the longest text that the index knows.
const maxIndexed = 256

// encoder writes documents of spans.
type encoder struct {
	all         bool            // tags are fields
	fields      map[string]bool // those that are, if not all
	replacement string          // of dots in names of fields
}

func newEncoder(c *Config) *encoder {
	e := &encoder{all: c.AllTagsAsFields, fields: map[string]bool{}, replacement: c.DotReplacement}
	for _, key := range c.TagsAsFields {
		e.fields[key] = true
	}
	return e
}

// appendSpan appends the document of a span, whose process is one that appendProcess
// wrote.
func (e *encoder) appendSpan(b []byte, s *jaeger.Span, process []byte) []byte {
	start := uint64(s.Start) / 1000
	b = append(b, `{"traceID":"`...)
	b = s.TraceID.AppendHex(b)
	b = append(b, `","spanID":"`...)
	b = s.SpanID.AppendHex(b)
	b = append(b, '"')
	if s.FlagBits != 0 {
		b = append(b, `,"flags":`...)
		b = strconv.AppendUint(b, uint64(s.FlagBits), 10)
	}
	b = append(b, `,"operationName":`...)
	b = appendText(b, s.Operation)
	b = append(b, `,"references":[`...)
	for i := range s.References {
		b = appendReference(comma(b, i), &s.References[i])
	}
	b = append(b, `],"startTime":`...)
	b = strconv.AppendUint(b, start, 10)
	b = append(b, `,"startTimeMillis":`...)
	b = strconv.AppendUint(b, start/1000, 10)
	b = append(b, `,"duration":`...)
	b = strconv.AppendInt(b, s.Duration.Microseconds(), 10)
	b = e.appendTags(b, s.Tags)
	b = append(b, `,"logs":[`...)
	for i := range s.Logs {
		b = appendLog(comma(b, i), &s.Logs[i])
	}
	b = append(b, `],"process":`...)
	b = append(b, process...)
	return append(b, '}')
}

// appendProcess appends what stands in the document of each span of a process.
func (e *encoder) appendProcess(b []byte, p *model.Process) []byte {
	b = append(b, `{"serviceName":`...)
	b = appendText(b, p.Service)
	b = e.appendTags(b, p.Tags)
	return append(b, '}')
}

// appendTags appends the field tags and, for those that are fields of their own, tag.
func (e *encoder) appendTags(b []byte, tags []model.Tag) []byte {
	b = append(b, `,"tags":[`...)
	var own map[string]*model.Tag
	n := 0
	for i := range tags {
		t := &tags[i]
		if name := e.field(t); name != "" && own[name] == nil {
			if own == nil {
				own = map[string]*model.Tag{}
			}
			own[name] = t
			continue
		}
		b = appendTag(comma(b, n), t)
		n++
	}
	b = append(b, ']')
	if len(own) == 0 {
		return b
	}
	b = append(b, `,"tag":{`...)
	n = 0
	for i := range tags { // in the order of the tags
		t := &tags[i]
		name := e.field(t)
		if own[name] != t {
			continue
		}
		b = appendText(comma(b, n), name)
		b = append(b, ':')
		b = appendValue(b, t.Value)
		n++
	}
	return append(b, '}')
}

// field is the name of the field that t is, or "" when it is one of the list: bytes
// are, and what JSON or the server does not take so.
func (e *encoder) field(t *model.Tag) string {
	if !e.all && !e.fields[t.Key] || strings.TrimSpace(t.Key) == "" {
		return ""
	}
	switch f := t.Value.Float64(); {
	case t.Value.Kind() == model.KindBytes, math.IsNaN(f), math.IsInf(f, 0):
		return ""
	}
	return strings.ReplaceAll(t.Key, ".", e.replacement)
}

// appendValue appends a value as JSON has it.
func appendValue(b []byte, v model.Value) []byte {
	if v.Kind() == model.KindString {
		return appendText(b, v.Str())
	}
	return appendPlain(b, v)
}

func appendReference(b []byte, r *model.Reference) []byte {
	kind := "CHILD_OF"
	if r.Type == model.FollowsFrom {
		kind = "FOLLOWS_FROM"
	}
	b = append(b, `{"refType":"`...)
	b = append(b, kind...)
	b = append(b, `","traceID":"`...)
	b = r.TraceID.AppendHex(b)
	b = append(b, `","spanID":"`...)
	b = r.SpanID.AppendHex(b)
	return append(b, `"}`...)
}

func appendLog(b []byte, l *model.Log) []byte {
	b = append(b, `{"timestamp":`...)
	b = strconv.AppendUint(b, uint64(l.Time)/1000, 10)
	if len(l.Fields) == 0 {
		return append(b, `,"fields":null}`...) // as Jaeger does
	}
	b = append(b, `,"fields":[`...)
	for i := range l.Fields {
		b = appendTag(comma(b, i), &l.Fields[i])
	}
	return append(b, `]}`...)
}

// appendTag appends a tag as a member of a list: its value is text, whatever its type.
func appendTag(b []byte, t *model.Tag) []byte {
	b = append(b, `{"key":`...)
	b = appendText(b, t.Key)
	b = append(b, `,"type":"`...)
	b = append(b, typeName(t.Value.Kind())...)
	b = append(b, `","value":`...)
	if t.Value.Kind() == model.KindString {
		b = appendText(b, t.Value.Str())
		return append(b, '}')
	}
	b = append(b, '"')
	b = appendPlain(b, t.Value)
	return append(b, `"}`...)
}

// appendPlain appends a value that is no text, and in which nothing is to be escaped.
func appendPlain(b []byte, v model.Value) []byte {
	switch v.Kind() {
	case model.KindBool:
		return strconv.AppendBool(b, v.Bool())
	case model.KindInt64:
		return strconv.AppendInt(b, v.Int64(), 10)
	case model.KindFloat64:
		return appendFloat(b, v.Float64())
	default:
		return hex.AppendEncode(b, []byte(v.Str()))
	}
}

// appendFloat appends up to ten digits, as Jaeger does, unless they are not all.
func appendFloat(b []byte, f float64) []byte {
	n := len(b)
	b = strconv.AppendFloat(b, f, 'g', 10, 64)
	if back, err := strconv.ParseFloat(string(b[n:]), 64); err == nil && back == f || f != f {
		return b
	}
	return strconv.AppendFloat(b[:n], f, 'g', -1, 64)
}

// The types of tags.
const (
	typeString = "string"
	typeBool   = "bool"
	typeInt    = "int64"
	typeFloat  = "float64"
	typeBinary = "binary"
)

func typeName(k model.Kind) string {
	switch k {
	case model.KindBool:
		return typeBool
	case model.KindInt64:
		return typeInt
	case model.KindFloat64:
		return typeFloat
	case model.KindBytes:
		return typeBinary
	}
	return typeString
}

// comma appends one before all members of a list but the first.
func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
