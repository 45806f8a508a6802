// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// payload is a datagram or a body with the spans of one process.
type payload struct {
	bytes []byte
	spans int
}

const (
	// blockTraces is how many traces are under way at once: their spans are sent
	// by service, as the services would.
	blockTraces = 256

	datagramSpans = 50
	bodySpans     = 200
)

// payloads returns the spans of the traces from first on, up to but not
// including last, in payloads of one process each.
func (l *load) payloads(first, last, size int, encode func([]model.Span) []byte) []payload {
	byProcess := make([][]model.Span, len(l.processes))
	for n := first; n < last; n++ {
		for _, s := range l.trace(n) {
			for i, p := range l.processes {
				if p == s.Process {
					byProcess[i] = append(byProcess[i], s)
				}
			}
		}
	}
	var out []payload
	for _, spans := range byProcess {
		for len(spans) > 0 {
			n := min(size, len(spans))
			out = append(out, payload{encode(spans[:n]), n})
			spans = spans[n:]
		}
	}
	return out
}

// compact returns an emitBatch message in Thrift's compact protocol.
func compact(spans []model.Span) []byte {
	process := wire.AppendCompactProcess(nil, spans[0].Process)
	b := wire.AppendCompactMessageHead(nil, 1, process, len(spans))
	for i := range spans {
		b = wire.AppendCompactSpan(b, &spans[i])
	}
	return wire.AppendCompactMessageTail(b, 0, nil)
}

// otlp returns an ExportTraceServiceRequest as protobuf.
func otlp(spans []model.Span) []byte {
	var body []byte
	for i := range spans {
		body = wire.AppendOTLPSpan(body, &spans[i])
	}
	resource := wire.AppendOTLPResource(nil, spans[0].Process)
	head := wire.AppendOTLPHead(nil, resource, len(body), 0, nil)
	return append(head, body...)
}
