// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// decodeZipkinProto reads a ListOfSpans (zipkin-api, zipkin.proto).
func decodeZipkinProto(body []byte, now time.Time) (request, error) {
	z := newZipkinTraces(now)
	for len(body) > 0 {
		f, rest, err := nextField(body)
		if err != nil {
			return request{}, err
		}
		if body = rest; f.num != 1 {
			continue
		}
		var s zipkinSpan
		reason, err := s.proto(f.value)
		switch {
		case err != nil:
			z.refused.add(trace.ReasonMalformed)
		case reason != "":
			z.refused.add(reason)
		default:
			z.add(&s)
		}
	}
	return z.request(), nil
}

// proto reads a Span.
func (s *zipkinSpan) proto(b []byte) (refused trace.Reason, err error) {
	var local, remote *zipkinEndpoint
	for len(b) > 0 {
		f, rest, err := nextField(b)
		if err != nil {
			return "", err
		}
		b = rest
		switch f.num {
		case 1:
			if n := len(f.value); n != 16 && n != 8 {
				return trace.ReasonTraceID, nil
			}
			copy(s.traceID[16-len(f.value):], f.value)
		case 2, 3:
			id := &s.parent
			if f.num == 3 {
				id = &s.id
			}
			if n := len(f.value); n != 8 && n != 0 {
				return trace.ReasonSpanID, nil
			}
			copy(id[:], f.value)
		case 4:
			kinds := [...]ptrace.SpanKind{1: ptrace.SpanKindClient, ptrace.SpanKindServer, ptrace.SpanKindProducer, ptrace.SpanKindConsumer}
			if f.number < uint64(len(kinds)) {
				s.kind = kinds[f.number]
			}
		case 5:
			s.name = string(f.value)
		case 6:
			s.start = int64(f.number)
		case 7:
			s.duration = int64(f.number)
		case 8:
			local, err = protoEndpoint(f.value)
		case 9:
			remote, err = protoEndpoint(f.value)
		case 10:
			err = s.protoAnnotation(f.value)
		case 11:
			err = s.protoTag(f.value)
		case 12:
			s.debug = f.number != 0
		case 13:
			s.shared = f.number != 0
		}
		if err != nil {
			return "", err
		}
	}
	// Maps are in no order, not even in the same sender's second attempt.
	slices.SortStableFunc(s.tags, func(a, b model.Tag) int { return strings.Compare(a.Key, b.Key) })
	if local != nil {
		s.local(local)
	}
	if remote != nil {
		s.remote(remote)
	}
	return "", nil
}

func protoEndpoint(b []byte) (*zipkinEndpoint, error) {
	e := &zipkinEndpoint{}
	for len(b) > 0 {
		f, rest, err := nextField(b)
		if err != nil {
			return nil, err
		}
		switch f.num {
		case 1:
			e.service = string(f.value)
		case 2:
			e.ipv4 = address(f.value)
		case 3:
			e.ipv6 = address(f.value)
		case 4:
			e.port = int64(int32(f.number))
		}
		b = rest
	}
	return e, nil
}

// address writes an IP address of 4 or 16 bytes; "" is none.
func address(b []byte) string {
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.Unmap().String()
	}
	return ""
}

func (s *zipkinSpan) protoAnnotation(b []byte) error {
	var a zipkinAnnotation
	for len(b) > 0 {
		f, rest, err := nextField(b)
		if err != nil {
			return err
		}
		switch f.num {
		case 1:
			a.at = int64(f.number)
		case 2:
			a.value = string(f.value)
		}
		b = rest
	}
	if a.value != "" {
		s.annotations = append(s.annotations, a)
	}
	return nil
}

// protoTag reads an entry of the map of tags.
func (s *zipkinSpan) protoTag(b []byte) error {
	var key, value string
	entry := len(b)
	for len(b) > 0 {
		f, rest, err := nextField(b)
		if err != nil {
			return err
		}
		switch f.num {
		case 1:
			key = string(f.value)
		case 2:
			value = string(f.value)
		}
		b = rest
	}
	if entry > 0 {
		s.tags = append(s.tags, model.Tag{Key: key, Value: model.String(value)})
	}
	return nil
}
