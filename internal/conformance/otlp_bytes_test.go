// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// otlpRequest encodes a batch. TracesData has the same fields as
// ExportTraceServiceRequest, whose package would bring gRPC.
func otlpRequest(b *wire.Batch, span func([]byte, *model.Span) []byte) []byte {
	var spans []byte
	for i := range b.Spans {
		spans = span(spans, &b.Spans[i])
	}
	head := wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, b.Process), len(spans), b.SeqNo, b.Stats)
	return append(head, spans...)
}

// TestOTLPAgainstProtobuf decodes what spur writes for random spans with the
// generated types, compares every field, and lets protobuf write it again.
func TestOTLPAgainstProtobuf(t *testing.T) {
	n := 500
	if testing.Short() {
		n = 100
	}
	r := rand.New(rand.NewPCG(5, 4318))
	spans, size := 0, 0
	for i := range n {
		b := randomOTLPBatch(r)
		spans += len(b.Spans)
		size += sameOTLP(t, b)
		if t.Failed() {
			t.Fatalf("batch %d", i)
		}
	}
	t.Logf("%d batches with %d spans, %d bytes, equal to what protobuf writes", n, spans, size)
}

// FuzzOTLPAgainstProtobuf lets the fuzzer choose the random numbers.
func FuzzOTLPAgainstProtobuf(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, a, b uint64) { sameOTLP(t, randomOTLPBatch(rand.New(rand.NewPCG(a, b)))) })
}

// sameOTLP returns how many bytes it has compared.
func sameOTLP(t *testing.T, b *wire.Batch) int {
	t.Helper()
	want := toOTLP(b)
	wantBytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := otlpRequest(b, wire.AppendOTLPSpan)
	var read tracepb.TracesData
	if err := proto.Unmarshal(got, &read); err != nil {
		t.Errorf("protobuf does not read it: %v\n%.4000x", err, got)
		return 0
	}
	noUnknownFields(t, read.ProtoReflect())
	if !proto.Equal(&read, want) {
		t.Errorf("protobuf reads %s", protoDifference(&read, want))
	}
	if !bytes.Equal(got, wantBytes) {
		t.Errorf("spur     %.4000x\nprotobuf %.4000x", got, wantBytes)
	}
	if limit := wire.OTLPHeadMax + len(wire.AppendOTLPResource(nil, b.Process)); len(wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, b.Process), math.MaxInt32/2, b.SeqNo, b.Stats)) > limit {
		t.Errorf("a head of more than %d bytes", limit)
	}

	// Under semantic names only the names differ, so much must hold for any span.
	semantic := otlpRequest(b, wire.AppendOTLPSpanSemantic)
	var renamed tracepb.TracesData
	if err := proto.Unmarshal(semantic, &renamed); err != nil {
		t.Errorf("protobuf does not read semantic names: %v", err)
		return 0
	}
	noUnknownFields(t, renamed.ProtoReflect())
	if again, err := (proto.MarshalOptions{Deterministic: true}).Marshal(&renamed); err != nil || !bytes.Equal(again, semantic) {
		t.Errorf("semantic: spur %.4000x\nprotobuf %.4000x, %v", semantic, again, err)
	}

	// What spur reads back means the same.
	batches, err := wire.DecodeOTLP(wantBytes)
	if err != nil || len(batches) != 1 {
		t.Errorf("spur reads %d batches of what protobuf wrote: %v", len(batches), err)
		return 0
	}
	again := toOTLP(&batches[0])
	if wantAgain, err := proto.Marshal(again); err != nil || !bytes.Equal(wantAgain, wantBytes) {
		t.Errorf("read back it means %s", protoDifference(again, want))
	}
	return len(got)
}

// protoDifference prints both from where they begin to differ.
func protoDifference(got, want proto.Message) string {
	a, b := prototext.MarshalOptions{Multiline: true}.Format(got), prototext.MarshalOptions{Multiline: true}.Format(want)
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(i-300, 0)
	return fmt.Sprintf("\n%.600s\nwant\n%.600s", a[from:], b[from:])
}

func noUnknownFields(t *testing.T, m protoreflect.Message) {
	t.Helper()
	if u := m.GetUnknown(); len(u) > 0 {
		t.Errorf("%s has unknown fields %x", m.Descriptor().FullName(), u)
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() != protoreflect.MessageKind:
		case f.IsList():
			for i := range v.List().Len() {
				noUnknownFields(t, v.List().Get(i).Message())
			}
		default:
			noUnknownFields(t, v.Message())
		}
		return true
	})
}

// randomOTLPBatch is randomMessage's batch with what OTLP has fields for.
func randomOTLPBatch(r *rand.Rand) *wire.Batch {
	b := &randomMessage(r).Batch
	b.Process.Tags = withSome(r, b.Process.Tags, []model.Tag{
		{Key: "hostname", Value: model.String("h")},
		{Key: "host.name", Value: model.String("x")},
		{Key: "client-uuid", Value: model.String("00ff")},
		{Key: "service.instance.id", Value: model.String("y")},
		{Key: "jaeger.version", Value: model.String("Go-spur-0.1.0")},
		{Key: "jaeger.version", Value: model.String("Go-2.30.0")},
		{Key: "telemetry.sdk.name", Value: model.String("other")},
		{Key: "ip", Value: model.String("10.0.0.1")},
	}, 4)
	for i := range b.Spans {
		s := &b.Spans[i]
		if r.IntN(2) == 0 {
			s.Start, s.Duration = 1_700_000_000_000_000_000+r.Int64N(1e12), time.Duration(r.Int64N(1e10))
		}
		s.Tags = withSome(r, s.Tags, spanTags, 3)
		s.Trimmed = r.IntN(8) == 0
		s.ParentRemote = r.IntN(2) == 0
		if r.IntN(3) == 0 {
			s.TraceState = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"
		}
		if s.ParentID != 0 && r.IntN(2) == 0 {
			s.References = append(s.References, model.Reference{TraceID: s.TraceID, SpanID: s.ParentID, Type: model.ReferenceType(r.IntN(2))})
		}
		if r.IntN(8) == 0 {
			s.Operation = strings.Repeat("\xff", r.IntN(3)) + s.Operation + "\xe2\x82"
		}
		for j := range s.Logs {
			s.Logs[j].Fields = withSome(r, s.Logs[j].Fields, logFields, 2)
		}
	}
	return b
}

// withSome puts up to most of extra at random places between tags.
func withSome(r *rand.Rand, tags, extra []model.Tag, most int) []model.Tag {
	tags = append([]model.Tag(nil), tags...)
	for range r.IntN(most + 1) {
		t := extra[r.IntN(len(extra))]
		at := r.IntN(len(tags) + 1)
		tags = append(tags[:at], append([]model.Tag{t}, tags[at:]...)...)
	}
	return tags
}

var (
	spanTags = []model.Tag{
		{Key: "span.kind", Value: model.String("client")},
		{Key: "span.kind", Value: model.String("consumer")},
		{Key: "span.kind", Value: model.String("router")},
		{Key: "span.kind", Value: model.Int64(3)},
		{Key: "error", Value: model.Bool(true)},
		{Key: "error", Value: model.Bool(false)},
		{Key: "error", Value: model.String("true")},
		{Key: "error", Value: model.String("timeout")},
		{Key: "otel.status_code", Value: model.String("ok")},
		{Key: "otel.status_code", Value: model.String("ERROR")},
		{Key: "otel.status_code", Value: model.String("UNSET")},
		{Key: "otel.status_description", Value: model.String("why")},
		{Key: "otel.status_description", Value: model.Int64(1)},
		{Key: "http.status_code", Value: model.Int64(404)},
		{Key: "http.url", Value: model.String("https://x.example/")},
		{Key: "peer.hostname", Value: model.String("h")},
		{Key: "not\xffutf8", Value: model.String("\x80\x80a" + strings.Repeat("é", 70))},
		{Key: "bytes", Value: model.BytesString("\xff\x00")},
	}
	logFields = []model.Tag{
		{Key: "event", Value: model.String("error")},
		{Key: "event", Value: model.String("b\xff")},
		{Key: "event", Value: model.Int64(1)},
		{Key: "error.object", Value: model.String("EOF")},
		{Key: "message", Value: model.String("broken")},
	}
)
