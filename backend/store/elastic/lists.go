// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// terms is an aggregation: the first size values of a field that begin with prefix. They
// are not looked up by number, which fails in OpenSearch 2.19 where no value does.
func terms(field, prefix string, size int) object {
	t := object{"field": field, "size": size, "order": object{"_key": "asc"}}
	if prefix != "" {
		t["include"], t["execution_hint"] = literal(prefix)+".*", "map"
	}
	return object{"terms": t}
}

// literal is s as a pattern of Lucene.
func literal(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`.?+*|{}[]()"\#@&<>~^$-`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// buckets is the answer of aggregations, one in another.
type buckets struct {
	Buckets []struct {
		Key string `json:"key"`
	} `json:"buckets"`
	Inner *buckets `json:"inner"`
	Value *buckets `json:"value"`
}

// collect appends the keys of all.
func (b *buckets) collect(to []string) []string {
	for ; b != nil; b = b.Inner {
		for _, one := range b.Buckets {
			to = append(to, one.Key)
		}
		to = b.Value.collectValue(to)
	}
	return to
}

func (b *buckets) collectValue(to []string) []string {
	if b == nil {
		return to
	}
	return b.collect(to)
}

// aggregate returns the keys of aggregations, sorted, each once.
func (s *Store) aggregate(ctx context.Context, indices string, query object, aggregations object) ([]string, error) {
	body := object{"size": 0, "track_total_hits": false, "aggs": aggregations}
	if query != nil {
		body["query"] = query
	}
	f, err := s.search(ctx, indices, body)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, raw := range f.Aggregations {
		var b buckets
		if err := json.Unmarshal(raw, &b); err != nil {
			return nil, fmt.Errorf("%w: the answer to a search cannot be read: %w", store.ErrUnavailable, err)
		}
		keys = b.collect(keys)
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}

// Services implements store.Store. Names of more than 256 characters are not in the
// index.
func (s *Store) Services(ctx context.Context) ([]string, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	names, err := s.aggregate(ctx, s.indices(services, trace.Window{}), nil, object{"names": terms("serviceName", "", s.config.PageSize)})
	return slices.DeleteFunc(names, func(name string) bool { return name == "" }), err
}

// Operations implements store.Store. Their kinds are not in Jaeger's documents.
func (s *Store) Operations(ctx context.Context, service string) ([]trace.Operation, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	names, err := s.aggregate(ctx, s.indices(services, trace.Window{}), all(is("serviceName", service)),
		object{"names": terms("operationName", "", s.config.PageSize)})
	var out []trace.Operation
	for _, name := range names {
		out = append(out, trace.Operation{Name: name})
	}
	return out, err
}

// lists are where documents have lists of tags.
var lists = []string{"tags", "process.tags", "logs.fields"}

// Keys implements store.Store.
func (s *Store) Keys(ctx context.Context, prefix string, limit int) ([]string, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil || limit <= 0 {
		if err == nil {
			done()
		}
		return nil, err
	}
	defer done()
	most := min(limit+1, s.config.PageSize) // one may be left out
	aggregations := object{}
	for _, path := range lists {
		aggregations[path] = object{"nested": object{"path": path}, "aggs": object{"inner": terms(path+".key", prefix, most)}}
	}
	const service = "service.name"
	if strings.HasPrefix(service, prefix) {
		aggregations[service] = terms("process.serviceName", "", 1)
	}
	f, err := s.search(ctx, s.spanIndices(trace.Window{}), object{"size": 0, "track_total_hits": false, "aggs": aggregations})
	if err != nil {
		return nil, err
	}
	var keys []string
	for path, raw := range f.Aggregations {
		var b buckets
		if err := json.Unmarshal(raw, &b); err != nil {
			return nil, fmt.Errorf("%w: the answer to a search cannot be read: %w", store.ErrUnavailable, err)
		}
		if path == service {
			if len(b.Buckets) > 0 {
				keys = append(keys, service)
			}
			continue
		}
		keys = b.collect(keys)
	}
	fields, err := s.fieldKeys(ctx, prefix)
	if err != nil {
		return nil, err
	}
	keys = append(keys, fields...)
	keys = slices.DeleteFunc(keys, func(k string) bool { return k == trace.AttributeFormat })
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return keys[:min(limit, len(keys))], nil
}

// fieldKeys are the keys of tags that are fields.
func (s *Store) fieldKeys(ctx context.Context, prefix string) ([]string, error) {
	if !s.encoder.all && len(s.encoder.fields) == 0 {
		return nil, nil
	}
	b, err := s.client.call(ctx, request{
		method: "GET", path: "/" + s.spanIndices(trace.Window{}) + "/_field_caps",
		query: "fields=tag.*,process.tag.*&ignore_unavailable=true&allow_no_indices=true",
	})
	if err != nil {
		return nil, s.failed(err)
	}
	var caps struct {
		Fields map[string]json.RawMessage `json:"fields"`
	}
	if err := json.Unmarshal(b, &caps); err != nil {
		return nil, fmt.Errorf("%w: the answer about fields cannot be read: %w", store.ErrUnavailable, err)
	}
	var keys []string
	for field := range caps.Fields {
		key := strings.TrimPrefix(strings.TrimPrefix(field, "process."), "tag.")
		if key = strings.ReplaceAll(key, s.config.DotReplacement, "."); strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// Values implements store.Store, for text of up to 256 characters.
func (s *Store) Values(ctx context.Context, key, prefix string, limit int) ([]string, error) {
	ctx, done, err := s.begin(ctx)
	if err != nil || limit <= 0 {
		if err == nil {
			done()
		}
		return nil, err
	}
	defer done()
	most := min(limit, s.config.PageSize)
	aggregations := object{}
	for _, path := range lists {
		aggregations[path] = object{"nested": object{"path": path}, "aggs": object{"inner": object{
			"filter": all(is(path+".key", key)), "aggs": object{"value": terms(path+".value", prefix, most)},
		}}}
	}
	if key == "service.name" {
		aggregations[key] = terms("process.serviceName", prefix, most)
	}
	if strings.TrimSpace(key) != "" && !strings.Contains(key, "*") {
		name := strings.ReplaceAll(key, ".", s.config.DotReplacement)
		aggregations["tag"] = terms("tag."+name, prefix, most)
		aggregations["process.tag"] = terms("process.tag."+name, prefix, most)
	}
	values, err := s.aggregate(ctx, s.spanIndices(trace.Window{}), nil, aggregations)
	return values[:min(limit, len(values))], err
}
