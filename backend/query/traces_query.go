// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// traceIDs are those of parameter traceID.
func (p params) traceIDs() ([]pcommon.TraceID, error) {
	var ids []pcommon.TraceID
	for _, text := range p.Values["traceID"] {
		id, err := parseTraceID(text)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, badRequest("cannot parse traceID param: %v", err)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// search is what the parameters of /api/traces ask for: a query, or, if there
// are any, traces by their ids.
func (p params) search(now time.Time) (q trace.Query, ids []pcommon.TraceID, err error) {
	if q.Window.Start, err = p.time("start", time.Microsecond, now.Add(-defaultLookback)); err != nil {
		return q, nil, err
	}
	if q.Window.End, err = p.time("end", time.Microsecond, now); err != nil {
		return q, nil, err
	}
	q.Window.End = q.Window.End.Add(time.Nanosecond) // Jaeger's end is included
	q.Uncounted, q.Bare = true, true
	tags, err := p.tags()
	if err != nil {
		return q, nil, err
	}
	if q.Limit, err = p.limit(defaultTraces, maxTraces); err != nil {
		return q, nil, err
	}
	shortest, err := p.goDuration("minDuration")
	if err != nil {
		return q, nil, err
	}
	longest, err := p.goDuration("maxDuration")
	if err != nil {
		return q, nil, err
	}
	if ids, err = p.traceIDs(); err != nil {
		return q, nil, err
	}
	if len(ids) == 0 && p.Get("service") == "" {
		return q, nil, errServiceRequired
	}
	if shortest != 0 && longest != 0 && longest < shortest {
		return q, nil, badRequest("'maxDuration' should be greater than 'minDuration'")
	}

	q.Where = conditions{p.Get("service"), p.Get("operation"), shortest, longest, tags}.where()
	return q, ids, nil
}

// conditions are of one span. What is empty is none.
type conditions struct {
	service, operation string
	shortest, longest  time.Duration
	tags               map[string]string
}

// where is nil when there are none.
func (c conditions) where() *trace.Expr {
	var terms []*trace.Expr
	if c.service != "" {
		terms = append(terms, equal(trace.FieldService, c.service))
	}
	if c.operation != "" {
		terms = append(terms, equal(trace.FieldName, c.operation))
	}
	if c.shortest != 0 {
		terms = append(terms, duration(trace.CmpGreaterEqual, c.shortest))
	}
	if c.longest != 0 {
		terms = append(terms, duration(trace.CmpLessEqual, c.longest))
	}
	for _, key := range slices.Sorted(maps.Keys(c.tags)) {
		terms = append(terms, tagTerm(key, c.tags[key]))
	}
	if len(terms) == 0 {
		return nil
	}
	return &trace.Expr{Op: trace.OpSpan, Args: []*trace.Expr{{Op: trace.OpAnd, Args: terms}}}
}

// tags are those of parameters tag=key:value and tags={"key":"value"}.
func (p params) tags() (map[string]string, error) {
	tags := map[string]string{}
	for _, tag := range p.Values["tag"] {
		key, value, ok := strings.Cut(tag, ":")
		if !ok {
			return nil, badRequest("malformed 'tag' parameter, expecting key:value, received: %s", shorten(tag))
		}
		tags[key] = value
	}
	for _, text := range p.Values["tags"] {
		var more map[string]string
		if err := json.Unmarshal([]byte(text), &more); err != nil {
			return nil, badRequest("malformed 'tags' parameter, cannot unmarshal JSON: %v", shortError(err))
		}
		maps.Copy(tags, more)
	}
	if len(tags) > trace.MaxQueryTerms {
		return nil, badRequest("%d tags are more than %d", len(tags), trace.MaxQueryTerms)
	}
	return tags, nil
}

func equal(field trace.Field, text string) *trace.Expr {
	return &trace.Expr{Term: trace.Term{Field: field, Cmp: trace.CmpEqual, Text: text}}
}

func duration(cmp trace.Cmp, d time.Duration) *trace.Expr {
	return &trace.Expr{Term: trace.Term{
		Field: trace.FieldDuration, Cmp: cmp, Text: d.String(),
		Number: trace.Number{Valid: true, IsInt: true, Int: int64(d)},
	}}
}

// tagTerm is the condition for a tag of v1, which may be a field of OTLP that
// v1 shows as one.
func tagTerm(key, value string) *trace.Expr {
	tag := equal(trace.FieldTag, value)
	tag.Term.Key, tag.Term.Number = key, trace.ParseNumber(value)
	var field *trace.Expr
	switch kind, known := parseKind(value); {
	case key == tagKind && known && kind != ptrace.SpanKindUnspecified:
		field = equal(trace.FieldKind, value)
	case key == tagError && value == "true", key == tagStatusCode && value == "ERROR":
		field = equal(trace.FieldStatus, "error")
	case key == tagStatusCode && value == "OK":
		field = equal(trace.FieldStatus, "ok")
	default:
		return tag
	}
	return &trace.Expr{Op: trace.OpOr, Args: []*trace.Expr{tag, field}}
}
