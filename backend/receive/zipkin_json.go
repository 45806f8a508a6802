// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// zipkinJSON is a span in JSON (zipkin-api, zipkin2-api.yaml). What v1 has in
// common with it is in zipkinHeadJSON.
type zipkinJSON struct {
	zipkinHeadJSON
	Kind           string
	Shared         bool
	LocalEndpoint  *zipkinEndpointJSON
	RemoteEndpoint *zipkinEndpointJSON
	Annotations    []struct {
		Timestamp int64
		Value     string
	}
	Tags map[string]string
}

type zipkinHeadJSON struct {
	TraceID   zipkinID `json:"traceId"`
	ParentID  zipkinID `json:"parentId"`
	ID        zipkinID
	Name      string
	Timestamp int64
	Duration  int64
	Debug     bool
}

type zipkinEndpointJSON struct {
	ServiceName string
	IPv4, IPv6  string
	Port        int64
}

// zipkinID is an id as 1 to 32 hex digits.
type zipkinID [16]byte

// UnmarshalJSON accepts less than all digits, as clients of old leave out zeros.
func (id *zipkinID) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	const digits = 2 * len(id)
	if len(text) > digits {
		return fmt.Errorf("an id of %d digits", len(text))
	}
	_, err := hex.Decode(id[:], []byte(strings.Repeat("0", digits-len(text))+text))
	return err
}

// short returns the id of a span, which has 64 bits.
func (id *zipkinID) short() (b [8]byte, ok bool) {
	return [8]byte(id[8:]), [8]byte(id[:8]) == [8]byte{}
}

var zipkinKinds = map[string]ptrace.SpanKind{
	"CLIENT": ptrace.SpanKindClient, "SERVER": ptrace.SpanKindServer, "PRODUCER": ptrace.SpanKindProducer, "CONSUMER": ptrace.SpanKindConsumer,
}

// decodeZipkinJSON reads a list of spans in JSON.
func decodeZipkinJSON(body []byte, now time.Time) (request, error) {
	z := newZipkinTraces(now)
	err := eachJSON(body, z, func(in *zipkinJSON) (trace.Reason, error) {
		s, reason := in.span()
		s.kind = zipkinKinds[in.Kind]
		s.shared = in.Shared
		for _, key := range slices.Sorted(maps.Keys(in.Tags)) {
			s.tags = append(s.tags, model.Tag{Key: key, Value: model.String(in.Tags[key])})
		}
		if e := in.LocalEndpoint; e != nil {
			s.local(e.endpoint())
		}
		if e := in.RemoteEndpoint; e != nil {
			s.remote(e.endpoint())
		}
		for _, a := range in.Annotations {
			if a.Value != "" {
				s.annotations = append(s.annotations, zipkinAnnotation{at: a.Timestamp, value: a.Value})
			}
		}
		if reason == "" {
			z.add(&s)
		}
		return reason, nil
	})
	return z.request(), err
}

// eachJSON calls add with each element of an array. One that is no T, or is
// refused, is counted.
func eachJSON[T any](body []byte, z *zipkinTraces, add func(*T) (trace.Reason, error)) error {
	if err := checkJSON(body); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	switch t, err := d.Token(); {
	case err != nil:
		return err
	case t != json.Delim('['):
		return errors.New("the spans are not in an array")
	}
	for d.More() {
		var element T
		err := d.Decode(&element)
		var syntax *json.SyntaxError
		switch {
		case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF):
			return err
		case err != nil:
			z.refused.add(trace.ReasonMalformed)
			continue
		}
		reason, err := add(&element)
		if err != nil {
			reason = trace.ReasonMalformed
		}
		if reason != "" {
			z.refused.add(reason)
		}
	}
	if _, err := d.Token(); err != nil { // the end of the array
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the array")
	}
	return nil
}

func (in *zipkinHeadJSON) span() (s zipkinSpan, refused trace.Reason) {
	id, short := in.ID.short()
	parent, parentShort := in.ParentID.short()
	if !short || !parentShort {
		refused = trace.ReasonSpanID
	}
	return zipkinSpan{
		traceID: [16]byte(in.TraceID), id: id, parent: parent,
		name: in.Name, start: in.Timestamp, duration: in.Duration, debug: in.Debug,
	}, refused
}

func (e *zipkinEndpointJSON) endpoint() *zipkinEndpoint {
	return &zipkinEndpoint{service: e.ServiceName, ipv4: e.IPv4, ipv6: e.IPv6, port: e.Port}
}
