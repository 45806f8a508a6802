// SPDX-License-Identifier: Apache-2.0

package reporter

import (
	"fmt"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/transport"
	"github.com/go-spur/spur/wire"
)

// encoding is how batches of one transport.Format are written:
//
//	head | span span … | tail
type encoding struct {
	span    func(dst []byte, s *model.Span) []byte
	process func(dst []byte, p *model.Process) []byte
	head    func(dst []byte, e *envelope) []byte
	tail    func(dst []byte, e *envelope) []byte
	headMax int  // largest head, without the process
	tailMax int  // largest tail
	paced   bool // datagrams: bursts overrun the receiver
}

// envelope is what stands around the spans of a batch.
type envelope struct {
	process []byte // as encoding.process wrote it
	spans   int
	size    int // of the spans in bytes
	seqNo   int64
	stats   *wire.ClientStats
}

// encodingOf knows each format that a Batching can be made for.
func encodingOf(f transport.Format, o *BatchingOptions) (encoding, error) {
	switch f {
	case transport.JaegerCompact:
		enc := thriftEncoding(wire.AppendCompactMessageHead, wire.AppendCompactMessageTail)
		enc.span, enc.process, enc.paced = wire.AppendCompactSpan, wire.AppendCompactProcess, true
		return enc, nil
	case transport.JaegerBinary:
		enc := thriftEncoding(wire.AppendBinaryMessageHead, wire.AppendBinaryMessageTail)
		enc.paced = true
		return enc, nil
	case transport.JaegerBatch:
		return thriftEncoding(
			func(dst []byte, _ int32, process []byte, spans int) []byte {
				return wire.AppendBinaryBatchHead(dst, process, spans)
			},
			func(dst []byte, _ int64, _ *wire.ClientStats) []byte {
				return wire.AppendBinaryBatchTail(dst, 0, nil) // collectors do not look for more
			}), nil
	case transport.OTLP:
		return otlpEncoding(o), nil
	}
	return encoding{}, fmt.Errorf("%w: transport wants format %s", ErrOption, f)
}

// thriftEncoding is for the binary protocol unless span and process are changed.
func thriftEncoding(
	head func(dst []byte, seqID int32, process []byte, spans int) []byte,
	tail func(dst []byte, seqNo int64, stats *wire.ClientStats) []byte,
) encoding {
	return encoding{
		span: wire.AppendBinarySpan, process: wire.AppendBinaryProcess,
		head: func(dst []byte, e *envelope) []byte {
			return head(dst, int32(e.seqNo), e.process, e.spans)
		},
		tail:    func(dst []byte, e *envelope) []byte { return tail(dst, e.seqNo, e.stats) },
		headMax: wire.MessageHeadMax, tailMax: wire.MessageTailMax,
	}
}

func otlpEncoding(o *BatchingOptions) encoding {
	span, inBand := wire.AppendOTLPSpan, o.InBandStats
	if o.SemanticNames {
		span = wire.AppendOTLPSpanSemantic
	}
	return encoding{
		span: span, process: wire.AppendOTLPResource,
		head: func(dst []byte, e *envelope) []byte {
			stats := e.stats
			if !inBand {
				stats = nil
			}
			return wire.AppendOTLPHead(dst, e.process, e.size, e.seqNo, stats)
		},
		tail:    func(dst []byte, _ *envelope) []byte { return dst },
		headMax: wire.OTLPHeadMax,
	}
}

// process is an encoded model.Process.
type process struct {
	of       *model.Process // identifies it
	bytes    []byte
	headroom int // largest head of a batch of its spans
}

// maxProcesses is how many are remembered when several tracers share a reporter.
const maxProcesses = 16

// process returns p encoded. It may be called with a shard locked.
func (r *Batching) process(p *model.Process) *process {
	r.processMu.Lock()
	defer r.processMu.Unlock()
	for _, known := range r.processes {
		if known.of == p {
			return known
		}
	}
	fresh := &process{of: p}
	if p == nil {
		p = new(model.Process)
	}
	fresh.bytes = r.enc.process(nil, p)
	fresh.headroom = r.enc.headMax + len(fresh.bytes)
	if len(r.processes) == maxProcesses {
		r.processes = nil
	}
	r.processes = append(r.processes, fresh)
	return fresh
}
