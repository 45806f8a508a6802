// SPDX-License-Identifier: Apache-2.0

package thrift_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

var background = context.Background()

// protocols are all there are, by name.
var protocols = []struct {
	name string
	make func(thrift.TTransport) thrift.TProtocol
}{
	{"binary", thrift.NewTBinaryProtocolFactoryDefault().GetProtocol},
	{"binary without versions", thrift.NewTBinaryProtocolFactory(false, false).GetProtocol},
	{"compact", thrift.NewTCompactProtocolFactory().GetProtocol},
	{"json", thrift.NewTSimpleJSONProtocolFactory().GetProtocol},
	{"header", thrift.NewTHeaderProtocolFactory().GetProtocol},
	{"header, compact, zlib", func(t thrift.TTransport) thrift.TProtocol {
		conf := &thrift.TConfiguration{THeaderProtocolID: thrift.THeaderProtocolIDPtrMust(thrift.THeaderProtocolCompact)}
		p := thrift.NewTHeaderProtocolConf(t, conf)
		if err := p.AddTransform(thrift.TransformZlib); err != nil {
			panic(err)
		}
		return p
	}},
}

// protocol returns one of them over transport.
func protocol(name string, transport thrift.TTransport) thrift.TProtocol {
	for _, p := range protocols {
		if p.name == name {
			return p.make(transport)
		}
	}
	panic("no protocol " + name)
}

func buffer(b []byte) *thrift.TMemoryBuffer {
	t := thrift.NewTMemoryBuffer()
	t.Write(b)
	return t
}

func ptr[T any](v T) *T { return &v }

// batch has every type of value but maps and sets.
func batch() *jaeger.Batch {
	return &jaeger.Batch{
		Process: &jaeger.Process{ServiceName: "süß\n"},
		Spans: slices.Repeat([]*jaeger.Span{{
			TraceIdLow: math.MinInt64, TraceIdHigh: -1, SpanId: 1, OperationName: string(make([]byte, 100)), Flags: -3,
			References: []*jaeger.SpanRef{{RefType: jaeger.SpanRefType_FOLLOWS_FROM, SpanId: math.MaxInt64}},
			Tags: []*jaeger.Tag{
				{Key: "double", VType: jaeger.TagType_DOUBLE, VDouble: ptr(-1.5)},
				{Key: "yes", VType: jaeger.TagType_BOOL, VBool: ptr(true)},
				{Key: "no", VType: jaeger.TagType_BOOL, VBool: ptr(false)},
				{Key: "binary", VType: jaeger.TagType_BINARY, VBinary: []byte{0, 255}},
			},
			Logs: []*jaeger.Log{{Timestamp: 300, Fields: []*jaeger.Tag{}}},
		}}, 20),
		SeqNo: ptr(int64(7)),
		Stats: &jaeger.ClientStats{FailedToEmitSpans: 5},
	}
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
