// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// object is JSON.
type object = map[string]any

// installTemplates writes the templates of indices that are made later.
func (s *Store) installTemplates(ctx context.Context, v version) error {
	for _, k := range []kind{spans, services, dependencies, samplings} {
		name, path := s.names.prefix+string(k), "/_template/"
		body := s.template(k, v)
		if v.composable() {
			path = "/_index_template/"
		}
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		if _, err := s.client.call(ctx, request{method: http.MethodPut, path: path + name, body: b}); err != nil {
			return fmt.Errorf("template %s: %w", name, err)
		}
	}
	return nil
}

// template is what Jaeger writes for the same server, settings and prefix.
func (s *Store) template(k kind, v version) object {
	c := &s.config
	name := s.names.prefix + string(k)
	t := object{"mappings": mappings(k), "settings": object{
		"index.number_of_shards":            c.Shards,
		"index.number_of_replicas":          c.Replicas,
		"index.mapping.nested_fields.limit": 50,
		"index.requests.cache.enable":       k != samplings,
	}}
	if !v.composable() {
		t["index_patterns"] = "*" + name + "-*"
		return t
	}
	priority := map[kind]int{spans: c.Priority.Span, services: c.Priority.Service, dependencies: c.Priority.Dependencies}
	return object{"priority": priority[k], "index_patterns": name + "-*", "template": t}
}

func mappings(k kind) object {
	keyword := object{"type": "keyword", "ignore_above": maxIndexed}
	long := object{"type": "long"}
	fixed := func(names ...string) object { // a list of objects, each found by itself
		p := object{}
		for _, n := range names {
			p[n] = keyword
		}
		return object{"type": "nested", "dynamic": false, "properties": p}
	}
	dynamic := []object{
		{"span_tags_map": object{"mapping": keyword, "path_match": "tag.*"}},
		{"process_tags_map": object{"mapping": keyword, "path_match": "process.tag.*"}},
	}
	tags := fixed("key", "value", "type")
	switch k {
	case services:
		return object{"dynamic_templates": dynamic, "properties": object{"serviceName": keyword, "operationName": keyword}}
	case spans:
		return object{"dynamic_templates": dynamic, "properties": object{
			"traceID": keyword, "parentSpanID": keyword, "spanID": keyword, "operationName": keyword,
			"startTime": long, "startTimeMillis": object{"type": "date", "format": "epoch_millis"}, "duration": long,
			"flags": object{"type": "integer"},
			"logs": object{"type": "nested", "dynamic": false, "properties": object{
				"timestamp": long, "fields": tags,
			}},
			"process": object{"properties": object{
				"serviceName": keyword, "tag": object{"type": "object"}, "tags": tags,
			}},
			"references": fixed("refType", "traceID", "spanID"),
			"tag":        object{"type": "object"},
			"tags":       tags,
		}}
	}
	return object{}
}
