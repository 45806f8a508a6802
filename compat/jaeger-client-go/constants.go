// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/opentracing/opentracing-go"
)

// JaegerClientVersion is what the process tag jaeger.version says.
const JaegerClientVersion = "Go-2.30.0"

// The tags of a process.
const (
	JaegerClientVersionTagKey = "jaeger.version"
	TracerHostnameTagKey      = "hostname"
	TracerIPTagKey            = "ip"
	TracerUUIDTagKey          = "client-uuid"
)

// The headers, and keys of text maps, that carry a span's context.
const (
	TraceContextHeaderName   = "uber-trace-id"
	TracerStateHeaderName    = TraceContextHeaderName // Deprecated: use TraceContextHeaderName
	TraceBaggageHeaderPrefix = "uberctx-"             // of one baggage item's header
	JaegerBaggageHeader      = "jaeger-baggage"       // read only: items as k1=v1, k2=v2
	JaegerDebugHeader        = "jaeger-debug-id"      // read only: asks for a debug trace, and names it
)

// The tags of a local root that say why its trace is sampled, and the types of sampler.
const (
	SamplerTypeTagKey  = "sampler.type"
	SamplerParamTagKey = "sampler.param"

	SamplerTypeConst         = "const"
	SamplerTypeRemote        = "remote"
	SamplerTypeProbabilistic = "probabilistic"
	SamplerTypeRateLimiting  = "ratelimiting"
	SamplerTypeLowerBound    = "lowerbound"
)

// Where the agent is, unless the program says otherwise.
const (
	DefaultUDPSpanServerHost  = "localhost"
	DefaultUDPSpanServerPort  = 6831
	DefaultSamplingServerPort = 5778
)

// DefaultMaxTagValueLength is how many bytes of a tag's text or binary value are kept.
const DefaultMaxTagValueLength = 256

// DefaultSamplingServerURL is where the sampling strategy is asked for.
var DefaultSamplingServerURL = fmt.Sprintf("http://127.0.0.1:%d/sampling", DefaultSamplingServerPort)

// selfRefType is the type of SelfRef's references, the same number as spur's.
const selfRefType opentracing.SpanReferenceType = 99
