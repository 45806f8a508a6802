// SPDX-License-Identifier: Apache-2.0

package golden

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// otlp takes OTLP's JSON apart, a TracesData.
func (f Facts) otlp(v any) {
	spans := 0
	for _, resource := range elements(v, "resourceSpans") {
		for _, scope := range elements(resource, "scopeSpans") {
			for _, span := range elements(scope, "spans") {
				spans++
				f.otlpSpan(resource, scope, span)
			}
		}
	}
	if spans == 0 {
		f.add("answer", "result", text(v))
	}
}

func (f Facts) otlpSpan(resource, scope, span map[string]any) {
	trace := fmt.Sprintf("trace %v", span["traceId"])
	f.add(trace, there, "yes")
	at := fmt.Sprintf("%s span %v", trace, span["spanId"])
	for n := 2; f[Fact{at, there}] != ""; n++ {
		at = fmt.Sprintf("%s span %v, number %d", trace, span["spanId"], n)
	}
	f.add(at, there, "yes")
	f.otlpObject(at, "resource.", resource["resource"])
	f.otlpObject(at, "scope.", scope["scope"])
	f.otlpValue(at, "resource.schemaUrl", resource["schemaUrl"])
	f.otlpValue(at, "scope.schemaUrl", scope["schemaUrl"])
	f.otlpObject(at, "", span)
	for _, list := range []string{"events", "links"} {
		for _, e := range elements(span, list) {
			// They have no order.
			where := fmt.Sprintf("%s %s %v", at, list, cmp.Or(e["timeUnixNano"], e["spanId"]))
			for f[Fact{where, there}] != "" {
				where += " again"
			}
			f.add(where, there, "yes")
			f.otlpObject(where, list+".", e)
		}
	}
}

// otlpObject adds the members of an object, its attributes by their keys.
func (f Facts) otlpObject(at, prefix string, v any) {
	object, _ := v.(map[string]any)
	for key, value := range object {
		switch key {
		case "traceId", "spanId", "events", "links":
			if prefix != "" {
				f.otlpValue(at, prefix+key, value)
			}
		case "status":
			f.otlpObject(at, "status.", value)
		case "attributes":
			values := map[string][]string{}
			for _, a := range elements(object, key) {
				name := fmt.Sprint(a["key"])
				values[name] = append(values[name], text(a["value"]))
			}
			for name, all := range values {
				slices.Sort(all)
				f.add(at, prefix+"attributes."+name, strings.Join(all, " + "))
			}
		default:
			f.otlpValue(at, prefix+key, value)
		}
	}
}

func (f Facts) otlpValue(at, field string, v any) {
	if v != nil {
		f.add(at, field, text(v))
	}
}

// elements are the objects of a list that is a member of v.
func elements(v any, name string) (all []map[string]any) {
	object, _ := v.(map[string]any)
	list, _ := object[name].([]any)
	for _, e := range list {
		o, _ := e.(map[string]any)
		all = append(all, o)
	}
	return all
}
