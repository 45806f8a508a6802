// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// v3Params are the query parameters of a request of v3. Their names are those of
// the fields in api_v3's protobuf: service_name in Jaeger until v2, serviceName in
// newer ones. Wrong ones get the answer that Jaeger v2.13 gives
// (cmd/query/app/apiv3/http_gateway.go).
type v3Params struct{ url.Values }

// first returns the first of the parameters that is not empty, and its name, or ""
// and the last name.
func (p v3Params) first(names ...string) (value, name string) {
	for _, name = range names {
		if value = p.Get(name); value != "" {
			break
		}
	}
	return value, name
}

// malformed is the answer to a parameter that cannot be read; err may repeat its text.
func malformed(name, text string, err error) error {
	msg := err.Error()
	if len(text) > maxQuoted {
		msg = shorten(msg)
	}
	return badRequest("malformed parameter %s: %s", name, msg)
}

// time is a time as RFC 3339 has it, or zero.
func (p v3Params) time(names ...string) (time.Time, error) {
	text, name := p.first(names...)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, plusOfZone(text))
	if err != nil {
		return t, malformed(name, text, err)
	}
	return t, nil
}

// plusOfZone returns text with the + in front of its zone, +01:00, which is a blank
// when it was not escaped, as Grafana does not.
func plusOfZone(text string) string {
	if i := len(text) - len(" 01:00"); i > 0 && text[i] == ' ' {
		return text[:i] + "+" + text[i+1:]
	}
	return text
}

// duration is a duration like "1.5ms", or 0.
func (p v3Params) duration(names ...string) (time.Duration, error) {
	text, name := p.first(names...)
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, malformed(name, text, err)
	}
	return d, nil
}

// bool is a boolean in one of strconv.ParseBool's spellings, or false.
func (p v3Params) bool(names ...string) (bool, error) {
	text, name := p.first(names...)
	if text == "" {
		return false, nil
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		return false, malformed(name, text, err)
	}
	return b, nil
}

// count is a number of things, or 0.
func (p v3Params) count(names ...string) (int, error) {
	text, name := p.first(names...)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err == nil && n < 0 {
		err = errors.New(strconv.Quote(text) + " is less than 0")
	}
	if err != nil {
		return 0, malformed(name, text, err)
	}
	return n, nil
}

// search is what the parameters ask for, but for a page of it: see depth and page.
func (p v3Params) search() (q trace.Query, err error) {
	minimum, _ := p.first("query.startTimeMin", "query.start_time_min")
	maximum, _ := p.first("query.startTimeMax", "query.start_time_max")
	if minimum == "" || maximum == "" {
		return q, badRequest("query.start_time_min and query.start_time_max are required")
	}
	if q.Window.Start, err = p.time("query.startTimeMin", "query.start_time_min"); err != nil {
		return q, err
	}
	if q.Window.End, err = p.time("query.startTimeMax", "query.start_time_max"); err != nil {
		return q, err
	}
	q.Window.End = q.Window.End.Add(time.Nanosecond) // Jaeger's end is included
	q.Uncounted = true
	c, err := p.conditions()
	if err != nil {
		return q, err
	}
	q.Where = c.where()
	filter := p.Get("query.filter")
	if filter == "" {
		return q, nil
	}
	if q.Where != nil {
		return q, badRequest("query.filter excludes query.service_name, operation_name, attributes, duration_min and duration_max: say it in the filter")
	}
	if q.Where, err = parseV3Filter(filter); err != nil {
		return q, badRequest("malformed parameter query.filter: %v", err)
	}
	return q, nil
}

// conditions are those of one span that have parameters of their own.
func (p v3Params) conditions() (c conditions, err error) {
	c.service, _ = p.first("query.serviceName", "query.service_name")
	c.operation, _ = p.first("query.operationName", "query.operation_name")
	if c.shortest, err = p.duration("query.durationMin", "query.duration_min"); err != nil {
		return c, err
	}
	if c.longest, err = p.duration("query.durationMax", "query.duration_max"); err != nil {
		return c, err
	}
	if text := p.Get("query.attributes"); text != "" {
		if err := json.Unmarshal([]byte(text), &c.tags); err != nil {
			return c, malformed("query.attributes", text, err)
		}
	}
	if len(c.tags) > trace.MaxQueryTerms {
		return c, badRequest("malformed parameter query.attributes: %d are more than %d", len(c.tags), trace.MaxQueryTerms)
	}
	return c, nil
}

// depth is how many traces are asked for without pages, at most maximum.
func (p v3Params) depth(maximum int) (int, error) {
	n, err := p.count("query.searchDepth", "query.search_depth", "query.num_traces")
	if n == 0 {
		n = defaultTraces
	}
	return min(n, maximum), err
}

// page sets the page that is asked for in q, and reports whether one is.
func (p v3Params) page(q *trace.Query) (bool, error) {
	size, token := p.Get("query.pagination.pageSize"), p.Get("query.pagination.pageToken")
	if size == "" && token == "" {
		return false, nil
	}
	n, err := p.count("query.pagination.pageSize")
	if err != nil {
		return false, err
	}
	if n == 0 {
		return false, badRequest("query.pagination.pageSize is required, and at least 1")
	}
	if depth, name := p.first("query.searchDepth", "query.search_depth", "query.num_traces"); depth != "" {
		return false, badRequest("query.pagination excludes %s", name)
	}
	q.Limit, q.Cursor = min(n, maxPage), token
	return true, nil
}
