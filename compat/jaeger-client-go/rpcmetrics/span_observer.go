// SPDX-License-Identifier: Apache-2.0

package rpcmetrics

import (
	"strconv"
	"sync"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/uber/jaeger-client-go"
)

var _ jaeger.SpanObserver = (*SpanObserver)(nil)

// SpanKind is the side of a request that a span is on.
type SpanKind int

// The kinds of spans: of neither side, of the server, of the client. Inbound spans are
// counted.
const (
	Local SpanKind = iota
	Inbound
	Outbound
)

// SpanObserver follows one span and counts it when it finishes.
type SpanObserver struct {
	metricsByEndpoint *MetricsByEndpoint
	start             time.Time

	mu        sync.Mutex
	operation string
	kind      SpanKind
	status    int // 0 when unknown
	failed    bool
}

// NewSpanObserver begins to follow a span that was started with these options, of which
// StartTime is set.
func NewSpanObserver(metricsByEndpoint *MetricsByEndpoint, operationName string, options opentracing.StartSpanOptions) *SpanObserver {
	s := &SpanObserver{metricsByEndpoint: metricsByEndpoint, start: options.StartTime, operation: operationName}
	for key, value := range options.Tags {
		s.OnSetTag(key, value)
	}
	return s
}

// OnSetOperationName implements jaeger.SpanObserver.
func (s *SpanObserver) OnSetOperationName(operationName string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.operation = operationName
}

// OnSetTag implements jaeger.SpanObserver. It knows span.kind, http.status_code (a uint16,
// an int or a text) and error (a bool or a text); values it cannot read change nothing.
func (s *SpanObserver) OnSetTag(key string, value interface{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch key {
	case string(ext.SpanKind):
		switch value {
		case ext.SpanKindRPCServerEnum, string(ext.SpanKindRPCServerEnum):
			s.kind = Inbound
		case ext.SpanKindRPCClientEnum, string(ext.SpanKindRPCClientEnum):
			s.kind = Outbound
		}
	case string(ext.HTTPStatusCode):
		switch v := value.(type) {
		case uint16:
			s.status = int(v)
		case int:
			s.status = v
		case string:
			if status, err := strconv.Atoi(v); err == nil {
				s.status = status
			}
		}
	case string(ext.Error):
		switch v := value.(type) {
		case bool:
			s.failed = v
		case string:
			if failed, err := strconv.ParseBool(v); err == nil {
				s.failed = failed
			}
		}
	}
}

// OnFinish implements jaeger.SpanObserver. It counts an inbound span that has a name.
func (s *SpanObserver) OnFinish(options opentracing.FinishOptions) {
	s.mu.Lock()
	operation, kind, status, failed := s.operation, s.kind, s.status, s.failed
	s.mu.Unlock()
	if operation == "" || kind != Inbound {
		return
	}
	s.metricsByEndpoint.get(operation).count(failed, options.FinishTime.Sub(s.start), status)
}
