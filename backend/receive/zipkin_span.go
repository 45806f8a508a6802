// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"math"
	"slices"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/jaeger"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// zipkinSpan is a span of Zipkin's, in any of its formats. Times are in
// microseconds; 0 is none.
type zipkinSpan struct {
	traceID         pcommon.TraceID
	id, parent      pcommon.SpanID
	name            string
	kind            ptrace.SpanKind
	start, duration int64 // since 1970
	debug, shared   bool
	failed          bool // beside what tags say
	service         string
	process         []model.Tag // beside the service
	tags            []model.Tag
	annotations     []zipkinAnnotation
}

type zipkinAnnotation struct {
	at    int64
	value string
	host  *zipkinEndpoint // v1
}

// zipkinEndpoint is where a span was, or whom it called.
type zipkinEndpoint struct {
	service    string
	ipv4, ipv6 string
	port       int64
}

// Names of what Zipkin has fields for and OTLP has not, as OpenTelemetry's
// Collector calls them.
const (
	zipkinHostIP   = "net.host.ip"
	zipkinHostPort = "net.host.port"
	zipkinPeer     = "peer.service"
	zipkinPeerIP   = "net.peer.ip"
	zipkinPeerPort = "net.peer.port"
	// zipkinNoService is the service of spans of v1 that name none.
	zipkinNoService = "unknown-service"
	zipkinNoStart   = "otel.zipkin.absentField.startTime"
)

// zipkinTraces makes a ptrace.Traces of spans, one resource for each process.
type zipkinTraces struct {
	now       time.Time
	td        ptrace.Traces
	processes map[string]ptrace.SpanSlice
	refused   tally
}

func newZipkinTraces(now time.Time) *zipkinTraces {
	return &zipkinTraces{now: now, td: ptrace.NewTraces(), processes: map[string]ptrace.SpanSlice{}}
}

func (z *zipkinTraces) request() request { return request{z.td, z.refused.list()} }

// add keeps s, unless it has no ids.
func (z *zipkinTraces) add(s *zipkinSpan) {
	switch {
	case s.traceID.IsEmpty():
		z.refused.add(trace.ReasonTraceID)
	case s.id.IsEmpty():
		z.refused.add(trace.ReasonSpanID)
	default:
		s.put(z.process(s).AppendEmpty(), z.now)
	}
}

// process returns where the spans of the process of s are.
func (z *zipkinTraces) process(s *zipkinSpan) ptrace.SpanSlice {
	key := strconv.Quote(s.service)
	for i := range s.process {
		key += s.process[i].Key + strconv.Quote(s.process[i].Value.Str())
	}
	spans, ok := z.processes[key]
	if !ok {
		rs := z.td.ResourceSpans().AppendEmpty()
		if s.service != "" {
			jaeger.PutTags(rs.Resource().Attributes(), model.Tag{Key: "service.name", Value: model.String(s.service)}, s.process)
		} else {
			jaeger.PutFields(rs.Resource().Attributes(), s.process)
		}
		spans = rs.ScopeSpans().AppendEmpty().Spans()
		z.processes[key] = spans
	}
	return spans
}

func (s *zipkinSpan) put(to ptrace.Span, now time.Time) {
	to.SetTraceID(s.traceID)
	to.SetSpanID(s.id)
	if s.parent != s.id {
		to.SetParentSpanID(s.parent)
	}
	to.SetName(s.name)
	to.SetKind(s.kind)
	if s.debug {
		to.SetFlags(trace.FlagSampled | trace.FlagDebug)
	}
	if s.failed {
		to.Status().SetCode(ptrace.StatusCodeError)
	}
	s.putMeanings(to)
	s.putTimes(to, now)
	if s.shared {
		s.tags = append(s.tags, model.Tag{Key: trace.AttributeShared, Value: model.Bool(true)})
	}
	jaeger.PutTags(to.Attributes(), model.Tag{Key: trace.AttributeFormat, Value: model.String(trace.FormatZipkin)}, s.tags)
	events := to.Events()
	events.EnsureCapacity(len(s.annotations))
	for _, a := range s.annotations {
		e := events.AppendEmpty()
		e.SetTimestamp(nanos(a.at))
		e.SetName(a.value)
	}
}

// putTimes sets the times. A span without any gets the time of its arrival, for
// nobody would find it in 1970.
func (s *zipkinSpan) putTimes(to ptrace.Span, now time.Time) {
	if s.start <= 0 {
		s.start = now.UnixMicro()
		for _, a := range s.annotations {
			if a.at > 0 {
				s.start = min(s.start, a.at)
			}
		}
		s.tags = append(s.tags, model.Tag{Key: zipkinNoStart, Value: model.Bool(true)})
	}
	to.SetStartTimestamp(nanos(s.start))
	to.SetEndTimestamp(nanos(s.start + min(max(s.duration, 0), math.MaxInt64-s.start)))
}

// putMeanings takes the tags that mean what OTLP has fields for.
func (s *zipkinSpan) putMeanings(to ptrace.Span) {
	s.tags = slices.DeleteFunc(s.tags, func(t model.Tag) bool {
		text := t.Value.Str()
		switch t.Key {
		case "error": // any text is an error's; "true" says no more than that
			no := t.Value.Kind() == model.KindBool && !t.Value.Bool()
			if !no {
				to.Status().SetCode(ptrace.StatusCodeError)
			}
			return t.Value.Bool() || text == "true"
		case "otel.status_code":
			code, ok := zipkinStatuses[text]
			if ok && to.Status().Code() != ptrace.StatusCodeError {
				to.Status().SetCode(code)
			}
			return ok
		case "otel.status_description":
			to.Status().SetMessage(text)
			return true
		case "w3c.tracestate":
			to.TraceState().FromRaw(text)
			return true
		case "span.kind":
			if kind := jaeger.Kind(text); kind != ptrace.SpanKindUnspecified && (to.Kind() == kind || to.Kind() == ptrace.SpanKindUnspecified) {
				to.SetKind(kind)
				return true
			}
		}
		return false
	})
}

// zipkinStatuses are how OpenTelemetry's exporters for Zipkin write a status.
var zipkinStatuses = map[string]ptrace.StatusCode{
	"OK": ptrace.StatusCodeOk, "Ok": ptrace.StatusCodeOk, "STATUS_CODE_OK": ptrace.StatusCodeOk,
	"ERROR": ptrace.StatusCodeError, "Error": ptrace.StatusCodeError, "STATUS_CODE_ERROR": ptrace.StatusCodeError,
	"UNSET": ptrace.StatusCodeUnset, "Unset": ptrace.StatusCodeUnset, "STATUS_CODE_UNSET": ptrace.StatusCodeUnset,
}

// tag adds a tag, unless it is there with this value, or among too many to look.
func (s *zipkinSpan) tag(key string, value model.Value) {
	t := model.Tag{Key: key, Value: value}
	if len(s.tags) >= maxSearchedTags || !slices.Contains(s.tags, t) {
		s.tags = append(s.tags, t)
	}
}

// local says where the span was, and remote whom it called or was called by.
func (s *zipkinSpan) local(e *zipkinEndpoint) {
	s.service = e.service
	s.address(e, zipkinHostIP, zipkinHostPort)
}

func (s *zipkinSpan) remote(e *zipkinEndpoint) {
	if e.service != "" {
		s.tag(zipkinPeer, model.String(e.service))
	}
	s.address(e, zipkinPeerIP, zipkinPeerPort)
}

func (s *zipkinSpan) address(e *zipkinEndpoint, ip, port string) {
	for _, address := range []string{e.ipv4, e.ipv6} {
		if address != "" {
			s.tag(ip, model.String(address))
		}
	}
	if e.port != 0 {
		s.tag(port, model.Int64(e.port))
	}
}

// nanos makes nanoseconds of microseconds; none are negative.
func nanos(micros int64) pcommon.Timestamp {
	return pcommon.Timestamp(min(max(micros, 0), math.MaxInt64/1000) * 1000)
}
