// SPDX-License-Identifier: Apache-2.0

package trace

// How a span that came in Jaeger's model stands in a ptrace.Traces. Names,
// values and types of tags stay as they were sent; what OTLP has a field for is
// in the field as well. The names are those that Jaeger uses for the same.
const (
	// AttributeFormat is an attribute of spans that did not come as OTLP: the
	// format they came in, FormatJaeger or FormatZipkin. The flags of a span that
	// has it are Jaeger's: 1 sampled, 2 debug, 8 firehose (jaeger.thrift,
	// Span.flags). What OTLP has fields for is, in Zipkin's, in the fields only.
	AttributeFormat = "internal.span.format"
	FormatJaeger    = "jaeger"
	FormatZipkin    = "zipkin"

	// AttributeShared is an attribute, true, of spans of a server that Zipkin's
	// client has marked: they have the id of the client's span.
	AttributeShared = "zipkin.shared"

	// AttributeWarnings is an attribute of a span, a list of text: what was
	// mended in it, or is odd about it.
	AttributeWarnings = "@jaeger@warnings"

	// AttributeRefType is an attribute of a link: RefFollowsFrom or RefChildOf.
	AttributeRefType = "opentracing.ref_type"
	RefFollowsFrom   = "follows_from"
	RefChildOf       = "child_of"
)

// Flags of Jaeger's.
const (
	FlagSampled  = 1
	FlagDebug    = 2
	FlagFirehose = 8
)

// Firehose reports whether the sender asked for the span not to be indexed.
func (s Span) Firehose() bool {
	if s.Flags()&FlagFirehose == 0 {
		return false
	}
	v, ok := s.Attributes().Get(AttributeFormat)
	return ok && v.Str() == FormatJaeger
}
