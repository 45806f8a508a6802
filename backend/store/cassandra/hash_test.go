// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"bytes"
	"encoding/gob"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/model"
)

// The types that Jaeger encodes, with its names (model.proto as gogo/protobuf has it).
type (
	TraceID struct{ Low, High uint64 }

	SpanRef struct {
		TraceID              TraceID
		SpanID               uint64
		RefType              int32
		XXX_NoUnkeyedLiteral struct{}
		XXX_unrecognized     []byte
		XXX_sizecache        int32
	}

	KeyValue struct {
		Key                  string
		VType                int32
		VStr                 string
		VBool                bool
		VInt64               int64
		VFloat64             float64
		VBinary              []byte
		XXX_NoUnkeyedLiteral struct{}
		XXX_unrecognized     []byte
		XXX_sizecache        int32
	}

	Log struct {
		Timestamp            time.Time
		Fields               []KeyValue
		XXX_NoUnkeyedLiteral struct{}
		XXX_unrecognized     []byte
		XXX_sizecache        int32
	}

	Process struct {
		ServiceName          string
		Tags                 []KeyValue
		XXX_NoUnkeyedLiteral struct{}
		XXX_unrecognized     []byte
		XXX_sizecache        int32
	}

	Span struct {
		TraceID              TraceID
		SpanID               uint64
		OperationName        string
		References           []SpanRef
		Flags                uint32
		StartTime            time.Time
		Duration             time.Duration
		Tags                 []KeyValue
		Logs                 []Log
		Process              *Process
		ProcessID            string
		Warnings             []string
		XXX_NoUnkeyedLiteral struct{}
		XXX_unrecognized     []byte
		XXX_sizecache        int32
	}
)

func keyValues(tags []model.Tag) (all []KeyValue) {
	for _, t := range tags {
		kv := KeyValue{Key: t.Key}
		switch v := t.Value; v.Kind() {
		case model.KindString:
			kv.VStr = v.Str()
		case model.KindBool:
			kv.VType, kv.VBool = 1, v.Bool()
		case model.KindInt64:
			kv.VType, kv.VInt64 = 2, v.Int64()
		case model.KindFloat64:
			kv.VType, kv.VFloat64 = 3, v.Float64()
		case model.KindBytes:
			kv.VType, kv.VBinary = 4, []byte(v.Str())
		}
		all = append(all, kv)
	}
	return all
}

// gobOf is what encoding/gob makes of a span, without the types.
func gobOf(t testing.TB, s *jaeger.Span, p *model.Process) []byte {
	t.Helper()
	g := Span{
		TraceID: TraceID{s.TraceID.Low, s.TraceID.High}, SpanID: uint64(s.SpanID), OperationName: s.Operation, Flags: s.FlagBits,
		StartTime: time.Unix(0, s.Start).UTC(), Duration: s.Duration, Tags: keyValues(s.Tags), Warnings: s.Warnings,
		Process: &Process{ServiceName: p.Service, Tags: keyValues(p.Tags)},
	}
	for _, r := range s.References {
		g.References = append(g.References, SpanRef{TraceID: TraceID{r.TraceID.Low, r.TraceID.High}, SpanID: uint64(r.SpanID), RefType: int32(r.Type)})
	}
	for _, l := range s.Logs {
		g.Logs = append(g.Logs, Log{Timestamp: time.Unix(0, l.Time).UTC(), Fields: keyValues(l.Fields)})
	}
	var b bytes.Buffer
	e := gob.NewEncoder(&b)
	for range 2 {
		b.Reset() // the second time the types are known
		if err := e.Encode(g); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// sample is a span with something of everything.
func sample(text string, n int64, d float64, flag bool) (*jaeger.Span, *model.Process) {
	tags := []model.Tag{
		{Key: "s", Value: model.String(text)},
		{Key: text, Value: model.Int64(n)},
		{Key: "d", Value: model.Float64(d)},
		{Key: "b", Value: model.Bool(flag)},
		{Key: "raw", Value: model.BytesString(text)},
	}
	s := &jaeger.Span{FlagBits: uint32(n), Warnings: []string{"odd", text}}
	s.TraceID, s.SpanID, s.Operation = model.TraceID{High: uint64(n), Low: 7}, model.SpanID(n), text
	s.Start, s.Duration, s.Tags = n, time.Duration(n&0xffff), tags
	s.Logs = []model.Log{{Time: n / 3, Fields: tags[:2]}, {}}
	s.References = []model.Reference{{TraceID: s.TraceID, SpanID: 1, Type: model.FollowsFrom}, {}}
	return s, &model.Process{Service: text, Tags: tags}
}

// FuzzHash: the hash is that of what encoding/gob writes.
func FuzzHash(f *testing.F) {
	f.Add("", int64(0), 0.0, false)
	f.Add("GET /", int64(1796011363428332800), 0.5, true)
	f.Add("\xff", int64(-1), -1e300, true)
	f.Fuzz(func(t *testing.T, text string, n int64, d float64, flag bool) {
		s, p := sample(text, n, d, flag)
		got, buf := hash(s, p, nil)
		want := gobOf(t, s, p)
		// The number of the type Span is that of Jaeger's process, where it is the first.
		message := buf[9+2:]
		if i := len(want) - len(message); i < 0 || !bytes.Equal(want[i:], message) {
			t.Fatalf("%x\nwant\n%x", message, want)
		}
		if again, _ := hash(s, p, buf); again != got {
			t.Errorf("another time it is %x, not %x", again, got)
		}
	})
}

// TestHash: the hash that Jaeger's model has for a span.
func TestHash(t *testing.T) {
	s := &jaeger.Span{}
	s.TraceID, s.SpanID, s.Operation, s.Start, s.Duration = model.TraceID{High: 1, Low: 2}, 3, "op", 1_000_000_500, 5
	const want = 0x8d21964e23afa03a
	if got, _ := hash(s, &model.Process{Service: "svc"}, nil); got != want {
		t.Errorf("%#x, want %#x", got, uint64(want))
	}
}
