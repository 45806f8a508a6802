// SPDX-License-Identifier: Apache-2.0

package emit

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/http"

	"github.com/uber/jaeger-client-go/thrift"
	"github.com/uber/jaeger-client-go/thrift-gen/zipkincore"
)

// handmadeV1 posts what no client of today sends: annotations of every type, a
// span that is both a client's and a server's, and one without times.
func handmadeV1(ctx context.Context, to string) error {
	host := func(service string, last byte) *zipkincore.Endpoint {
		return &zipkincore.Endpoint{ServiceName: service, Ipv4: 10<<24 | int32(last), Port: 8080}
	}
	client, server := host("zipkin-v1", 1), host("zipkin-v1-server", 2)
	base := micros(0).UnixMicro()
	at := func(us int64, value string, h *zipkincore.Endpoint) *zipkincore.Annotation {
		return &zipkincore.Annotation{Timestamp: base + us, Value: value, Host: h}
	}
	tag := func(key string, kind zipkincore.AnnotationType, value []byte) *zipkincore.BinaryAnnotation {
		return &zipkincore.BinaryAnnotation{Key: key, Value: value, AnnotationType: kind}
	}
	text := func(key, value string, h *zipkincore.Endpoint) *zipkincore.BinaryAnnotation {
		return &zipkincore.BinaryAnnotation{Key: key, Value: []byte(value), AnnotationType: zipkincore.AnnotationType_STRING, Host: h}
	}
	address := func(key string, h *zipkincore.Endpoint) *zipkincore.BinaryAnnotation {
		return &zipkincore.BinaryAnnotation{Key: key, Value: []byte{1}, AnnotationType: zipkincore.AnnotationType_BOOL, Host: h}
	}
	n := func(i int64) *int64 { return &i }
	const id = 0x7a0e000000000000
	big := binary.BigEndian
	spans := []*zipkincore.Span{
		{
			TraceID: id + 1, TraceIDHigh: n(0x005100000000000e), ID: id + 2, Name: "types", Timestamp: n(base), Duration: n(1000), Debug: true,
			Annotations: []*zipkincore.Annotation{at(0, "cs", client), at(500, "half", client), at(1000, "cr", client)},
			BinaryAnnotations: []*zipkincore.BinaryAnnotation{
				tag("true", zipkincore.AnnotationType_BOOL, []byte{1}),
				tag("false", zipkincore.AnnotationType_BOOL, []byte{0}),
				tag("bytes", zipkincore.AnnotationType_BYTES, []byte{0, 1, 0x7f, 0x80, 0xff}),
				tag("i16", zipkincore.AnnotationType_I16, big.AppendUint16(nil, 1<<16-7)),
				tag("i32", zipkincore.AnnotationType_I32, big.AppendUint32(nil, 1<<32-32)),
				tag("i64.min", zipkincore.AnnotationType_I64, big.AppendUint64(nil, 1<<63)),
				tag("i64.max", zipkincore.AnnotationType_I64, big.AppendUint64(nil, 1<<63-1)),
				tag("double", zipkincore.AnnotationType_DOUBLE, big.AppendUint64(nil, math.Float64bits(1.0/3))),
				text("text", "Grüße", nil), text("http.status_code", "404", nil),
				address("sa", server),
			},
		},
		{ // four annotations, two services
			TraceID: id + 1, TraceIDHigh: n(0x005100000000000e), ID: id + 3, ParentID: n(id + 2), Name: "both", Timestamp: n(base + 100), Duration: n(800),
			Annotations:       []*zipkincore.Annotation{at(100, "cs", client), at(200, "sr", server), at(300, "working", server), at(800, "ss", server), at(900, "cr", client)},
			BinaryAnnotations: []*zipkincore.BinaryAnnotation{text("of.client", "a", client), text("of.server", "b", server), text("error", "boom", server)},
		},
		{ // a local component, without times of its own
			TraceID: id + 1, TraceIDHigh: n(0x005100000000000e), ID: id + 4, ParentID: n(id + 3), Name: "local",
			Annotations:       []*zipkincore.Annotation{at(300, "begin", server), at(400, "end", server)},
			BinaryAnnotations: []*zipkincore.BinaryAnnotation{text("lc", "cache", server)},
		},
		{ // 64 bits, IPv6
			TraceID: id + 5, ID: id + 5, Name: "alone", Timestamp: n(base),
			Annotations: []*zipkincore.Annotation{
				at(0, "sr", &zipkincore.Endpoint{ServiceName: "zipkin-v1-other", Ipv6: net.ParseIP("2001:db8::8"), Port: -1}),
				at(70, "ss", nil),
			},
			BinaryAnnotations: []*zipkincore.BinaryAnnotation{address("ca", host("", 9))},
		},
	}
	t := thrift.NewTMemoryBuffer()
	p := thrift.NewTBinaryProtocolConf(t, nil)
	if err := p.WriteListBegin(ctx, thrift.STRUCT, len(spans)); err != nil {
		return err
	}
	for _, s := range spans {
		if err := s.Write(ctx, p); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to+"/api/v1/spans", bytes.NewReader(t.Bytes()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-thrift")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("the receiver of Zipkin's spans: %s", answer.Status)
	}
	return nil
}
