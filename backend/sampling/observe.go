// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"bytes"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/go-spur/spur/backend/trace"
)

// The tags that say why a trace was sampled. The first span of a trace has them:
// under Jaeger's names, or those of OpenTelemetry's samplers that follow Jaeger.
const (
	tagType      = "sampler.type"
	tagParam     = "sampler.param"
	otelTagType  = "jaeger." + tagType
	otelTagParam = "jaeger." + tagParam

	typeProbabilistic = "probabilistic"
	typeLowerBound    = "lowerbound"
)

// Observe counts the traces that begin in td.
func (a *Adaptive) Observe(td ptrace.Traces) {
	for s := range trace.Spans(td) {
		if lowerBound, probability, ok := sampledBy(s.Span); ok {
			a.count(s.Service(), s.Name(), lowerBound, probability)
		}
	}
}

// ObserveEncoded is Observe of spans as they came. It changes none of them.
func (a *Adaptive) ObserveEncoded(spans []trace.Encoded) {
	var resource []byte // of service
	var service string
	for _, e := range spans {
		part := samplingPart(e.Span)
		if part == nil {
			continue
		}
		td, err := trace.Decode([]trace.Encoded{{Span: part}})
		if err != nil {
			continue
		}
		for s := range trace.Spans(td) {
			lowerBound, probability, ok := sampledBy(s.Span)
			if !ok {
				continue
			}
			// A resource can be large, and that of many spans.
			if len(resource) != len(e.Resource) || len(resource) > 0 && &resource[0] != &e.Resource[0] {
				resource, service = e.Resource, serviceOf(e.Resource)
			}
			a.count(service, s.Name(), lowerBound, probability)
		}
	}
}

// Fields of a Span (opentelemetry/proto/trace/v1/trace.proto).
const (
	spanParent     = 4
	spanName       = 5
	spanAttributes = 9
)

// samplingPart returns, as a Span, what sampledBy looks at, or nil if that would not
// do.
func samplingPart(span []byte) (part []byte) {
	tagged := false
	for b := span; len(b) > 0; {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil
		}
		size := protowire.ConsumeFieldValue(num, typ, b[n:])
		if size < 0 {
			return nil
		}
		field, value := b[:n+size], b[n:n+size]
		b = b[n+size:]
		if typ != protowire.BytesType {
			continue
		}
		switch value, _ = protowire.ConsumeBytes(value); {
		case num == spanParent && len(bytes.Trim(value, "\x00")) > 0:
			return nil
		case num == spanName:
		case num == spanAttributes && bytes.Contains(value, []byte("sampler.")):
			tagged = true
		default:
			continue
		}
		part = append(part, field...)
	}
	if !tagged {
		return nil
	}
	return part
}

// serviceOf returns the service of an encoded resource.
func serviceOf(resource []byte) string {
	td, err := trace.Decode([]trace.Encoded{{Resource: resource}})
	if err != nil {
		return ""
	}
	return trace.Service(td.ResourceSpans().At(0).Resource())
}

func (a *Adaptive) count(service, operation string, lowerBound bool, probability float64) {
	if service != "" && operation != "" {
		// Clients refuse an answer with text that is none.
		service, operation = strings.ToValidUTF8(service, "\uFFFD"), strings.ToValidUTF8(operation, "\uFFFD")
		a.counter.add(service, operation, lowerBound, probability)
	}
}

// sampledBy returns the probability that chose the trace that s begins, or beside
// which a lower bound did. It is false if s begins none, or does not say.
func sampledBy(s ptrace.Span) (lowerBound bool, probability float64, ok bool) {
	if !s.ParentSpanID().IsEmpty() {
		return false, 0, false
	}
	kind, found := s.Attributes().Get(tagType)
	param, of := s.Attributes().Get(tagParam)
	if !found {
		kind, found = s.Attributes().Get(otelTagType)
		param, of = s.Attributes().Get(otelTagParam)
	}
	if !found || !of {
		return false, 0, false
	}
	switch kind.AsString() {
	case typeProbabilistic:
	case typeLowerBound:
		lowerBound = true
	default:
		return false, 0, false
	}
	probability, ok = number(param)
	return lowerBound, probability, ok && probability >= 0 && probability <= 1
}

// number returns v as a number: clients send parameters also as text.
func number(v pcommon.Value) (float64, bool) {
	switch v.Type() {
	case pcommon.ValueTypeDouble:
		return v.Double(), true
	case pcommon.ValueTypeInt:
		return float64(v.Int()), true
	case pcommon.ValueTypeStr:
		n, err := strconv.ParseFloat(v.Str(), 64)
		return n, err == nil
	default:
		return 0, false
	}
}
