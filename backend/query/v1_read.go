// SPDX-License-Identifier: Apache-2.0

package query

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// jaegerReader reads what v1 answers, or a part of it, one trace or a list of
// them, span by span: only what is made of it is in memory as a whole.
type jaegerReader struct {
	dec   *json.Decoder
	input *meter
	td    ptrace.Traces
	// of the trace that is read
	processes map[string]process
	resources map[string]ptrace.ResourceSpans // by process
	scopes    map[scopeKey]ptrace.ScopeSpans

	spans, values int
	refused       int
	why           error // the first was refused
}

// readJaeger returns the spans in r. Refused are those that cannot be kept;
// why says it of the first. An error is for the whole.
func readJaeger(r io.Reader) (td ptrace.Traces, refused int, why, err error) {
	input := &meter{r: r}
	j := &jaegerReader{dec: json.NewDecoder(input), input: input, td: ptrace.NewTraces()}
	j.dec.UseNumber()
	if err := j.value(0); err != nil {
		return j.td, 0, nil, err
	}
	if _, err := j.token(); !errors.Is(err, io.ErrUnexpectedEOF) {
		return j.td, 0, nil, errors.New("something follows the traces")
	}
	return j.td, j.refused, j.why, nil
}

// value reads a trace, a list of traces, or an object whose "data" is one.
func (j *jaegerReader) value(depth int) error {
	token, err := j.token()
	switch {
	case err != nil:
		return err
	case token == nil:
		return nil // null is none
	case depth > maxImportDepth:
		return fmt.Errorf("lists and objects nested deeper than %d", maxImportDepth)
	case token == json.Delim('['):
		for j.dec.More() {
			if err := j.value(depth + 1); err != nil {
				return err
			}
		}
		_, err := j.token()
		return err
	case token == json.Delim('{'):
		return j.object(depth)
	}
	return fmt.Errorf("%v is not a trace", token)
}

func (j *jaegerReader) object(depth int) error {
	j.processes = nil
	j.resources = map[string]ptrace.ResourceSpans{}
	j.scopes = map[scopeKey]ptrace.ScopeSpans{}
	for j.dec.More() {
		key, err := j.token()
		if err != nil {
			return err
		}
		switch key {
		case "data":
			err = j.value(depth + 1)
		case "spans":
			err = j.list()
		case "processes":
			err = j.decode(&j.processes)
		default:
			var ignored json.RawMessage
			err = j.decode(&ignored)
		}
		if err != nil {
			return err
		}
	}
	j.fill()
	_, err := j.token()
	return err
}

// list reads the spans of a trace.
func (j *jaegerReader) list() error {
	token, err := j.token()
	if err != nil || token == nil {
		return err // null is none
	}
	if token != json.Delim('[') {
		return errors.New(`"spans" is not a list`)
	}
	for j.dec.More() {
		if j.spans++; j.spans > maxImportSpans {
			return tooLarge("more than %d spans", maxImportSpans)
		}
		if err := j.span(); err != nil {
			return err
		}
	}
	_, err = j.token()
	return err
}

// span reads the next span. One that cannot be kept is counted.
func (j *jaegerReader) span() error {
	var s spanJSON
	err := j.decode(&s)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		err = fmt.Errorf("%s cannot be %s", cmp.Or(wrong.Field, "a span"), wrong.Value)
	} else if err != nil {
		return err
	}
	j.values += len(s.Tags) + len(s.References)
	for _, l := range s.Logs {
		j.values += 1 + len(l.Fields)
	}
	if j.values > maxImportValues {
		return tooLarge("more than %d tags, references and fields of logs", maxImportValues)
	}
	if err == nil {
		err = j.add(&s)
	}
	if err != nil {
		j.refuse(1, fmt.Errorf("span %q: %w", shorten(s.SpanID), err))
	}
	return nil
}

func (j *jaegerReader) refuse(spans int, why error) {
	if j.refused == 0 && spans > 0 {
		j.why = why
	}
	j.refused += spans
}

func (j *jaegerReader) token() (json.Token, error) {
	j.input.left = maxImportToken
	token, err := j.dec.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return token, err
}

func (j *jaegerReader) decode(v any) error {
	j.input.left = maxImportToken
	return j.dec.Decode(v)
}

// meter stops what reads one value from reading on forever.
type meter struct {
	r    io.Reader
	left int // bytes; set before each value
}

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, tooLarge("a span, or what else is a value, is longer than %d bytes", maxImportToken)
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	return n, err
}
