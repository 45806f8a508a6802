// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/go-spur/spur/transport"
	"github.com/uber/jaeger-client-go/internal/native"
	"github.com/uber/jaeger-client-go/internal/reporterstats"
	"github.com/uber/jaeger-client-go/thrift"
	j "github.com/uber/jaeger-client-go/thrift-gen/jaeger"
	"github.com/uber/jaeger-client-go/utils"
)

// batchOverhead is what a datagram needs beside process and spans, in bytes.
const batchOverhead = 70

var errSpanTooLarge = errors.New("span is too large")

// UDPTransportParams are the parameters of NewUDPTransportWithParams.
type UDPTransportParams struct {
	utils.AgentClientUDPParams
}

// NewUDPTransport makes a transport to an agent, at localhost:6831 when hostPort is empty.
// Datagrams have maxPacketSize bytes at most, 65,000 when 0.
func NewUDPTransport(hostPort string, maxPacketSize int) (Transport, error) {
	return NewUDPTransportWithParams(UDPTransportParams{
		utils.AgentClientUDPParams{HostPort: hostPort, MaxPacketSize: maxPacketSize},
	})
}

// NewUDPTransportWithParams is NewUDPTransport with all parameters. The address of a host
// name is looked up again every AttemptReconnectInterval, unless DisableAttemptReconnecting
// is set.
func NewUDPTransportWithParams(params UDPTransportParams) (Transport, error) {
	if params.HostPort == "" {
		params.HostPort = fmt.Sprintf("%s:%d", DefaultUDPSpanServerHost, DefaultUDPSpanServerPort)
	}
	if strings.HasPrefix(params.HostPort, ":") {
		params.HostPort = "127.0.0.1" + params.HostPort // this host
	}
	if params.MaxPacketSize <= 0 {
		params.MaxPacketSize = utils.UDPPacketMaxLength
	}
	client, err := utils.NewAgentClientUDPWithParams(params.AgentClientUDPParams)
	if err != nil {
		return nil, err
	}
	buffer := thrift.NewTMemoryBuffer()
	s := &udpSender{
		client: client, room: params.MaxPacketSize - batchOverhead,
		buffer: buffer, protocol: thrift.NewTCompactProtocolFactory().GetProtocol(buffer),
	}
	s.sender = native.NewSender(s, 0, func() (transport.Transport, error) {
		return transport.NewUDP(params.HostPort, transport.UDPOptions{
			MaxPacketSize:    min(params.MaxPacketSize, transport.MaxUDPPacketSize),
			ResolveInterval:  max(params.AttemptReconnectInterval, 0),
			DisableReconnect: params.DisableAttemptReconnecting,
		})
	})
	return s, nil
}

type sender = native.Sender

// udpSender sends spans in datagrams, when a program calls it by itself. A remote reporter
// has spur do it.
type udpSender struct {
	*sender

	mu       sync.Mutex
	client   *utils.AgentClientUDP
	reporter reporterstats.ReporterStats
	room     int // bytes of a datagram for process and spans

	process     *j.Process
	processSize int
	spans       []*j.Span
	size        int // of process and spans
	batches     int64
	tooLarge    int64
	failed      int64

	buffer   *thrift.TMemoryBuffer // for sizes
	protocol thrift.TProtocol
}

var _ reporterstats.Receiver = (*udpSender)(nil)

// SetReporterStats implements reporterstats.Receiver.
func (s *udpSender) SetReporterStats(r reporterstats.ReporterStats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reporter = r
}

// Append implements Transport.
func (s *udpSender) Append(span *Span) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		s.process = BuildJaegerProcessThrift(span)
		s.processSize = s.sizeOf(s.process)
		s.size = s.processSize
	}
	built := BuildJaegerThrift(span)
	size := s.sizeOf(built)
	if size > s.room {
		s.tooLarge++
		return 1, errSpanTooLarge
	}
	if s.size+size <= s.room {
		s.add(built, size)
		if s.size < s.room {
			return 0, nil
		}
		return s.flush()
	}
	n, err := s.flush()
	s.add(built, size)
	return n, err
}

// Flush implements Transport.
func (s *udpSender) Flush() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flush()
}

// Close implements Transport.
func (s *udpSender) Close() error { return s.client.Close() }

func (s *udpSender) add(span *j.Span, size int) {
	s.spans = append(s.spans, span)
	s.size += size
}

func (s *udpSender) flush() (int, error) {
	n := len(s.spans)
	if n == 0 {
		return 0, nil
	}
	s.batches++
	seqNo := s.batches
	err := s.client.EmitBatch(context.Background(), &j.Batch{
		Process: s.process, Spans: s.spans, SeqNo: &seqNo, Stats: s.stats(),
	})
	clear(s.spans)
	s.spans, s.size = s.spans[:0], s.processSize
	if err != nil {
		s.failed += int64(n)
	}
	return n, err
}

// stats are what the agent is told of losses.
func (s *udpSender) stats() *j.ClientStats {
	stats := &j.ClientStats{TooLargeDroppedSpans: s.tooLarge, FailedToEmitSpans: s.failed}
	if s.reporter != nil {
		stats.FullQueueDroppedSpans = s.reporter.SpansDroppedFromQueue()
	}
	return stats
}

func (s *udpSender) sizeOf(v thrift.TStruct) int {
	s.buffer.Reset()
	_ = v.Write(context.Background(), s.protocol) // to memory
	return s.buffer.Len()
}
