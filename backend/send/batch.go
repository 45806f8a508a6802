// SPDX-License-Identifier: Apache-2.0

package send

import (
	"bytes"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// Batch is some spans, encoded as a TracesData of OTLP, which is an
// ExportTraceServiceRequest, too.
type Batch struct {
	OTLP  []byte
	Spans int
}

// Pack returns the spans as batches of MostBytes at most, or of one span that is
// longer.
func Pack(spans []trace.Encoded) (out []Batch) {
	first, size := 0, 0
	for i, e := range spans {
		n := len(e.Span) + around
		if i == first || !bytes.Equal(e.Resource, spans[i-1].Resource) {
			n += len(e.Resource) + around
		}
		if i == first || !bytes.Equal(e.Scope, spans[i-1].Scope) {
			n += len(e.Scope) + around
		}
		if i > first && size+n > MostBytes {
			out = append(out, join(spans[first:i]))
			first, size = i, 0
			n = len(e.Span) + len(e.Resource) + len(e.Scope) + 3*around
		}
		size += n
	}
	if first < len(spans) {
		out = append(out, join(spans[first:]))
	}
	return out
}

// around is what the head of a message takes.
const around = 6

// PackTraces is Pack of td.
func PackTraces(td ptrace.Traces) ([]Batch, error) {
	b, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		return nil, err
	}
	if len(b) <= MostBytes {
		return []Batch{{b, td.SpanCount()}}, nil
	}
	spans, err := trace.Cut(b)
	if err != nil {
		return nil, err
	}
	return Pack(spans), nil
}

func join(spans []trace.Encoded) Batch { return Batch{trace.Join(spans), len(spans)} }

// Split returns the spans of b as two batches, cut between two resources if there
// are several. There is only b itself when it has a single span.
func (b Batch) Split() ([]Batch, error) {
	spans, err := trace.Cut(b.OTLP)
	if err != nil {
		return nil, err
	}
	if len(spans) <= 1 {
		return []Batch{b}, nil
	}
	middle := len(spans) / 2
	for off := range len(spans) { // away from the middle
		if at := middle - off; at > 0 && !bytes.Equal(spans[at].Resource, spans[at-1].Resource) {
			middle = at
			break
		}
		if at := middle + off; at < len(spans) && !bytes.Equal(spans[at].Resource, spans[at-1].Resource) {
			middle = at
			break
		}
	}
	return []Batch{join(spans[:middle]), join(spans[middle:])}, nil
}
