// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
)

// raw is a value as the protocol has it. nil is null.
type raw []byte

// MarshalCQL implements gocql.Marshaler.
func (r raw) MarshalCQL(gocql.TypeInfo) ([]byte, error) { return r, nil }

// UnmarshalCQL implements gocql.Unmarshaler.
func (r *raw) UnmarshalCQL(_ gocql.TypeInfo, data []byte) error {
	*r = append((*r)[:0], data...)
	return nil
}

// Values in Jaeger's types begin with their length in 4 bytes, -1 for null; lists,
// with the number of elements. open leaves room for a length, shut fills it in.
func open(b []byte) ([]byte, int) { return append(b, 0, 0, 0, 0), len(b) }

func shut(b []byte, at int) []byte {
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

func appendLong(b []byte, v uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), v)
}

func appendNull(b []byte) []byte { return append(b, 0xff, 0xff, 0xff, 0xff) }

// types are the values of value_type by Kind.
var types = [...]string{
	model.KindString: "string", model.KindBool: "bool", model.KindInt64: "int64",
	model.KindFloat64: "float64", model.KindBytes: "binary",
}

// warningPrefix begins the keys of tags that stand for warnings.
const warningPrefix = "$$span.warning."

// appendTags appends a list of keyvalue, without its length.
func appendTags(b []byte, tags []model.Tag, warnings []string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(tags)+len(warnings)))
	for i := range tags {
		b = appendTag(b, tags[i].Key, tags[i].Value)
	}
	for i, w := range warnings {
		b = appendTag(b, warningPrefix+strconv.Itoa(i+1), model.String(w))
	}
	return b
}

func appendTag(b []byte, key string, v model.Value) []byte {
	b, at := open(b)
	b = appendText(b, key)
	b = appendText(b, types[v.Kind()])
	text := ""
	if v.Kind() == model.KindString {
		text = v.Str()
	}
	b = appendText(b, text)
	flag := byte(0)
	if v.Bool() {
		flag = 1
	}
	b = append(b, 0, 0, 0, 1, flag)
	b = appendLong(b, uint64(v.Int64()))
	b = appendLong(b, math.Float64bits(v.Float64()))
	if v.Kind() == model.KindBytes && v.Str() != "" {
		b = appendText(b, v.Str())
	} else {
		b = appendNull(b)
	}
	return shut(b, at)
}

// appendLogs appends a list of log.
func appendLogs(b []byte, logs []model.Log) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(logs)))
	for i := range logs {
		var at, fields int
		b, at = open(b)
		b = appendLong(b, uint64(micros(logs[i].Time)))
		b, fields = open(b)
		b = appendTags(b, logs[i].Fields, nil)
		b = shut(shut(b, fields), at)
	}
	return b
}

// References are named so.
const childOf, followsFrom = "child-of", "follows-from"

// appendReferences appends a list of span_ref.
func appendReferences(b []byte, refs []model.Reference) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(refs)))
	for i := range refs {
		var at int
		b, at = open(b)
		name := childOf
		if refs[i].Type == model.FollowsFrom {
			name = followsFrom
		}
		b = appendText(b, name)
		b = binary.BigEndian.AppendUint32(b, 16)
		b = binary.BigEndian.AppendUint64(b, refs[i].TraceID.High)
		b = binary.BigEndian.AppendUint64(b, refs[i].TraceID.Low)
		b = appendLong(b, uint64(refs[i].SpanID))
		b = shut(b, at)
	}
	return b
}

// appendProcess appends a process.
func appendProcess(b []byte, p *model.Process) []byte {
	b = appendText(b, p.Service)
	b, at := open(b)
	return shut(appendTags(b, p.Tags, nil), at)
}

// reader reads such values. What is missing at the end of a type is null: older rows
// may have fewer fields.
type reader struct {
	b   []byte
	err error
}

var errShort = errors.New("a value is shorter than it says")

// value returns the next one, nil for null.
func (r *reader) value() []byte {
	if r.err != nil || len(r.b) == 0 {
		return nil
	}
	if len(r.b) < 4 {
		r.err = errShort
		return nil
	}
	n := int32(binary.BigEndian.Uint32(r.b))
	r.b = r.b[4:]
	switch {
	case n < 0:
		return nil
	case int(n) > len(r.b):
		r.err = errShort
		return nil
	}
	v := r.b[:n]
	r.b = r.b[n:]
	return v
}

func (r *reader) text() string { return string(r.value()) }

func (r *reader) long() uint64 {
	v := r.value()
	switch {
	case len(v) == 8:
		return binary.BigEndian.Uint64(v)
	case len(v) > 0 && r.err == nil:
		r.err = fmt.Errorf("a number of %d bytes", len(v))
	}
	return 0
}

// list calls each with every element of the list that b is.
func list(b []byte, each func(*reader) error) error {
	if len(b) == 0 {
		return nil
	}
	if len(b) < 4 {
		return errShort
	}
	n := int(int32(binary.BigEndian.Uint32(b)))
	all := reader{b: b[4:]}
	if n < 0 || n > len(all.b)/4 {
		return errShort
	}
	for range n {
		e := reader{b: all.value()}
		if all.err != nil {
			return all.err
		}
		if err := each(&e); err != nil {
			return err
		}
		if e.err != nil {
			return e.err
		}
	}
	return nil
}

// readTags reads a list of keyvalue, warnings apart.
func readTags(b []byte) (tags []model.Tag, warnings []string, err error) {
	err = list(b, func(r *reader) error {
		t, err := readTag(r)
		if strings.HasPrefix(t.Key, warningPrefix) {
			warnings = append(warnings, t.Value.Str())
			return err
		}
		tags = append(tags, t)
		return err
	})
	return tags, warnings, err
}

func readTag(r *reader) (t model.Tag, err error) {
	t.Key = r.text()
	typ, text, flag := r.text(), r.value(), r.value()
	long, double, bytes := r.long(), r.long(), r.value()
	switch typ {
	case "string":
		t.Value = model.String(string(text))
	case "bool":
		t.Value = model.Bool(len(flag) > 0 && flag[0] != 0)
	case "int64":
		t.Value = model.Int64(int64(long))
	case "float64":
		t.Value = model.Float64(math.Float64frombits(double))
	case "binary":
		t.Value = model.Bytes(bytes)
	default:
		if r.err == nil {
			return t, fmt.Errorf("tag %.80q has the type %.80q", t.Key, typ)
		}
	}
	return t, nil
}

// readLogs reads a list of log.
func readLogs(b []byte) (logs []model.Log, err error) {
	err = list(b, func(r *reader) error {
		l := model.Log{Time: nanos(int64(r.long()))}
		fields, _, err := readTags(r.value())
		l.Fields = fields
		logs = append(logs, l)
		return err
	})
	return logs, err
}

// readReferences reads a list of span_ref.
func readReferences(b []byte) (refs []model.Reference, err error) {
	err = list(b, func(r *reader) error {
		name, id := r.text(), r.value()
		ref := model.Reference{SpanID: model.SpanID(r.long())}
		switch {
		case r.err != nil:
			return r.err
		case len(id) != 16:
			return fmt.Errorf("a reference to a trace id of %d bytes", len(id))
		case name == followsFrom:
			ref.Type = model.FollowsFrom
		case name != childOf:
			return fmt.Errorf("a reference of the type %.80q", name)
		}
		ref.TraceID = jaeger.TraceIDOf([16]byte(id))
		refs = append(refs, ref)
		return nil
	})
	return refs, err
}

// readProcess reads a process.
func readProcess(b []byte) (*model.Process, error) {
	r := reader{b: b}
	p := &model.Process{Service: r.text()}
	tags, _, err := readTags(r.value())
	p.Tags = tags
	return p, errors.Join(err, r.err)
}
