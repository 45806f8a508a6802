// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
)

// zipkinV1 is a span of Zipkin's first model, in which annotations say of what
// kind it is and where it was.
type zipkinV1 struct {
	zipkinSpan
	binary []zipkinBinary // annotations without a time
}

type zipkinBinary struct {
	key   string
	value model.Value
	host  *zipkinEndpoint
}

// coreKind returns what kind of span an annotation belongs to, if to one.
func (a *zipkinAnnotation) coreKind() ptrace.SpanKind {
	switch a.value {
	case "cs", "cr":
		return ptrace.SpanKindClient
	case "ss", "sr":
		return ptrace.SpanKindServer
	case "ms":
		return ptrace.SpanKindProducer
	case "mr":
		return ptrace.SpanKindConsumer
	}
	return ptrace.SpanKindUnspecified
}

// addTo adds the span to z, as two when it is both a client's and a server's.
func (v *zipkinV1) addTo(z *zipkinTraces) {
	hosts := map[ptrace.SpanKind]*zipkinEndpoint{} // of its kinds
	kind := ptrace.SpanKindUnspecified             // the first
	for i := range v.annotations {
		a := &v.annotations[i]
		k := a.coreKind()
		if k == ptrace.SpanKindUnspecified {
			continue
		}
		if kind == ptrace.SpanKindUnspecified {
			kind = k
		}
		if h, ok := hosts[k]; !ok || h == nil || h.service == "" {
			hosts[k] = a.host
		}
	}
	client, isClient := hosts[ptrace.SpanKindClient]
	server, isServer := hosts[ptrace.SpanKindServer]
	if !isClient || !isServer {
		v.side(z, kind, hosts[kind], nil)
		return
	}
	ofServer := func(host *zipkinEndpoint) bool {
		return host != nil && server != nil && host.service == server.service && (client == nil || client.service != server.service)
	}
	v.side(z, ptrace.SpanKindClient, client, func(host *zipkinEndpoint) bool { return !ofServer(host) })
	v.start, v.duration, v.shared = 0, 0, true // they are the client's
	v.side(z, ptrace.SpanKindServer, server, ofServer)
}

// side adds what the span says of one kind, beside the annotations of that kind
// those whose host is its own; a nil own is all.
func (v *zipkinV1) side(z *zipkinTraces, kind ptrace.SpanKind, host *zipkinEndpoint, own func(host *zipkinEndpoint) bool) {
	s := v.zipkinSpan
	s.kind, s.tags, s.annotations = kind, nil, nil
	first, last, end := int64(math.MaxInt64), int64(0), int64(0)
	for _, a := range v.annotations {
		core := a.coreKind()
		switch {
		case core == kind && core != ptrace.SpanKindUnspecified:
			end = max(end, a.at)
		case own == nil || core == ptrace.SpanKindUnspecified && own(a.host):
			s.annotations = append(s.annotations, a)
		default:
			continue
		}
		if a.at > 0 {
			first, last = min(first, a.at), max(last, a.at)
		}
	}
	switch {
	case s.start <= 0 && last > 0:
		s.start = first
		if s.duration <= 0 {
			s.duration = last - first
		}
	case s.duration <= 0 && s.start > 0:
		s.duration = max(end-s.start, 0)
	}
	if host != nil {
		s.service, s.process = host.service, host.tags()
	}
	for i := range v.binary {
		b := &v.binary[i]
		mine := own == nil || own(b.host)
		switch b.key {
		case "ca": // the client's address, which the server tells
			mine = own == nil || kind == ptrace.SpanKindServer
		case "sa":
			mine = own == nil || kind == ptrace.SpanKindClient
		}
		if mine {
			s.annotate(b)
		}
	}
	if s.service == "" {
		s.service = zipkinNoService
	}
	z.add(&s)
}

// annotate adds an annotation without a time: a tag, the address of the other
// side, or the name of the component that a span without a kind is in.
func (s *zipkinSpan) annotate(b *zipkinBinary) {
	key := b.key
	switch key {
	case "sa", "ca", "ma":
		if b.host != nil {
			s.remote(b.host)
			return
		}
	case "lc":
		key = "component"
		if s.service == "" && (b.host == nil || b.host.service == "") {
			s.service = b.value.Str()
		}
	case "http.status_code":
		if n, err := strconv.Atoi(b.value.String()); err == nil && (n < 100 || n >= 400) {
			s.failed = true
		}
	}
	if s.service == "" && b.host != nil {
		s.service = b.host.service
	}
	if key == "component" { // which many have as a tag, too
		s.tag(key, b.value)
		return
	}
	s.tags = append(s.tags, model.Tag{Key: key, Value: b.value})
}

// tags are what a process has beside its service's name, as OpenTelemetry's
// Collector calls it.
func (e *zipkinEndpoint) tags() (tags []model.Tag) {
	if e.ipv4 != "" {
		tags = append(tags, model.Tag{Key: "ipv4", Value: model.String(e.ipv4)})
	}
	if e.ipv6 != "" {
		tags = append(tags, model.Tag{Key: "ipv6", Value: model.String(e.ipv6)})
	}
	if e.port != 0 {
		tags = append(tags, model.Tag{Key: "port", Value: model.String(strconv.FormatInt(e.port, 10))})
	}
	return tags
}

// zipkinV1JSON is a span of v1 in JSON (zipkin-api, zipkin-api.yaml).
type zipkinV1JSON struct {
	zipkinHeadJSON
	Annotations []struct {
		Timestamp int64
		Value     string
		Endpoint  *zipkinEndpointJSON
	}
	BinaryAnnotations []struct {
		Key      string
		Value    json.RawMessage
		Type     string
		Endpoint *zipkinEndpointJSON
	}
}

// decodeZipkinV1JSON reads a list of spans of v1 in JSON.
func decodeZipkinV1JSON(body []byte, now time.Time) (request, error) {
	z := newZipkinTraces(now)
	err := eachJSON(body, z, func(in *zipkinV1JSON) (trace.Reason, error) {
		s, reason := in.span()
		v := zipkinV1{zipkinSpan: s}
		host := func(e *zipkinEndpointJSON) *zipkinEndpoint {
			if e == nil {
				return nil
			}
			return e.endpoint()
		}
		for _, a := range in.Annotations {
			if a.Value != "" {
				v.annotations = append(v.annotations, zipkinAnnotation{a.Timestamp, a.Value, host(a.Endpoint)})
			}
		}
		for _, b := range in.BinaryAnnotations {
			value, err := zipkinValue(b.Value, b.Type)
			if err != nil {
				return "", err
			}
			v.binary = append(v.binary, zipkinBinary{b.Key, value, host(b.Endpoint)})
		}
		if reason == "" {
			v.addTo(z)
		}
		return reason, nil
	})
	return z.request(), err
}

// zipkinValue reads the value of an annotation: text or a number of the type
// that is named, or else what it is in JSON.
func zipkinValue(b json.RawMessage, kind string) (model.Value, error) {
	text := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &text); err != nil {
			return model.Value{}, err
		}
	}
	switch kind {
	case "BOOL":
		return model.Bool(text == "true" || text == "1"), nil
	case "I16", "I32", "I64":
		n, err := strconv.ParseInt(text, 10, 64)
		return model.Int64(n), err
	case "DOUBLE":
		f, err := strconv.ParseFloat(text, 64)
		return model.Float64(f), err
	case "BYTES":
		raw, err := base64.StdEncoding.DecodeString(text)
		return model.Bytes(raw), err
	}
	switch {
	case len(b) > 0 && (b[0] == 't' || b[0] == 'f'):
		return model.Bool(text == "true"), nil
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'):
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return model.Int64(n), nil
		}
		f, err := strconv.ParseFloat(text, 64)
		return model.Float64(f), err
	case len(b) > 0 && b[0] == 'n': // null
		text = ""
	}
	return model.String(text), nil
}
