// SPDX-License-Identifier: Apache-2.0

package query

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// imported is what /api/import answers.
type imported struct {
	Spans   int      `json:"spans"`
	Traces  []string `json:"traces"` // ids, up to maxImportTraces
	Refused int      `json:"refused"`
	Because string   `json:"because,omitempty"` // why the first was refused
}

func (a *imported) refuse(spans []trace.Refused) {
	for _, r := range spans {
		a.Refused += r.Count
		a.Because = cmp.Or(a.Because, string(r.Reason))
	}
}

// importTraces answers POST /api/import: spans from a file, which retention does
// not remove. It is what /api/traces or Jaeger's /api/v3/traces answers, or OTLP
// as JSON or protobuf, and may be compressed with gzip. What is here already is
// not stored twice.
func (s *server) importTraces(r *http.Request) (any, error) {
	a, ok := s.Store.(store.Archiver)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	if err := s.importing.Acquire(r.Context(), 1); err != nil {
		return nil, err
	}
	defer s.importing.Release(1)
	body, err := uncompressed(r.Body)
	if err != nil {
		return nil, err
	}
	var answer imported
	var td ptrace.Traces
	switch formatOf(r.Header.Get("Content-Type"), body) {
	case formatJaegerJSON:
		var why error
		td, answer.Refused, why, err = readJaeger(http.MaxBytesReader(nil, io.NopCloser(body), maxImportBytes))
		if why != nil {
			answer.Because = why.Error()
		}
	case formatOTLPJSON:
		td, answer, err = s.readOTLP(body, true)
	default:
		td, answer, err = s.readOTLP(body, false)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if s.Validate != nil {
		answer.refuse(s.Validate(td))
	}
	answer.Traces = traceIDs(td, maxImportTraces)
	if answer.Spans = td.SpanCount(); answer.Spans > 0 {
		if err := s.keepTraces(r.Context(), a, td); err != nil {
			return nil, err
		}
	}
	return answer, nil
}

// uncompressed reads gzip where it is, whatever the header says: a file that
// somebody sends is often called nothing in particular.
func uncompressed(body io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(body, 64<<10)
	if head, _ := b.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, unreadable(err)
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

type format int

const (
	formatProto format = iota
	formatOTLPJSON
	formatJaegerJSON
)

// formatOf looks at how the body begins, unless its type says protobuf.
func formatOf(contentType string, body *bufio.Reader) format {
	switch kind, _, _ := mime.ParseMediaType(contentType); kind {
	case "application/x-protobuf", "application/protobuf":
		return formatProto
	}
	const space = " \t\r\n"
	head, _ := body.Peek(512)
	head = bytes.TrimLeft(head, space)
	if len(head) == 0 || head[0] != '{' && head[0] != '[' {
		return formatProto
	}
	head = bytes.TrimLeft(head[1:], space)
	switch {
	case bytes.HasPrefix(head, []byte(`"resourceSpans"`)), bytes.HasPrefix(head, []byte(`"resource_spans"`)), bytes.HasPrefix(head, []byte(`"result"`)):
		return formatOTLPJSON
	case len(head) > 0 && bytes.IndexByte([]byte(`"{}[]`), head[0]) >= 0:
		return formatJaegerJSON
	}
	return formatProto
}

func (s *server) readOTLP(r io.Reader, isJSON bool) (td ptrace.Traces, answer imported, err error) {
	if s.DecodeOTLP == nil {
		return td, answer, errors.ErrUnsupported
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, io.NopCloser(r), maxOTLP))
	if err != nil {
		return td, answer, err
	}
	bodies := [][]byte{body}
	if isJSON {
		if bodies, err = otlpJSON(body); err != nil {
			return td, answer, err
		}
	}
	td = ptrace.NewTraces()
	for _, b := range bodies {
		part, refused, err := s.DecodeOTLP(b, isJSON)
		if err != nil {
			return td, answer, err
		}
		answer.refuse(refused)
		part.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	}
	return td, answer, nil
}

// otlpJSON returns the OTLP JSON of a file: one object, one after the other as a
// Collector's file exporter writes them, or each in {"result":…} as Jaeger's
// /api/v3/traces answers. A file that does not begin with JSON is returned as it
// is: who decodes it says why.
func otlpJSON(file []byte) ([][]byte, error) {
	var bodies [][]byte
	for d := json.NewDecoder(bytes.NewReader(file)); ; {
		var body json.RawMessage
		switch err := d.Decode(&body); {
		case len(bodies) == 0 && err != nil:
			return [][]byte{file}, nil
		case err == io.EOF:
			return bodies, nil
		case err != nil:
			return nil, fmt.Errorf("after %d bytes: %w", d.InputOffset(), err)
		}
		var v3 struct {
			Result json.RawMessage `json:"result"`
		}
		if json.Unmarshal(body, &v3) == nil && v3.Result != nil {
			body = v3.Result
		}
		bodies = append(bodies, body)
	}
}

// unreadable is the answer to a body that cannot be read, unless err is one.
func unreadable(err error) error {
	if e := asError(err); e.Code != http.StatusInternalServerError {
		return e
	}
	return badRequest("cannot read the body: %s", shortError(err))
}

// traceIDs are the first of td's.
func traceIDs(td ptrace.Traces, most int) []string {
	ids := []string{}
	seen := map[pcommon.TraceID]bool{}
	for span := range trace.Spans(td) {
		if id := span.TraceID(); !seen[id] && len(ids) < most {
			seen[id] = true
			ids = append(ids, trace.FormatTraceID(id))
		}
	}
	return ids
}
