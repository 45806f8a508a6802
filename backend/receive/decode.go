// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// DecodeOTLP reads an ExportTraceServiceRequest, protobuf or OTLP's JSON, as the
// servers of this package do: within limits, and a span that cannot be kept is
// counted in refused and costs no other.
func DecodeOTLP(body []byte, json bool) (td ptrace.Traces, refused []trace.Refused, err error) {
	decode := decodeProto
	if json {
		decode = decodeJSON
	}
	r, err := decode(body)
	if err != nil {
		return ptrace.NewTraces(), nil, err
	}
	return r.traces, r.refused, nil
}
