// SPDX-License-Identifier: Apache-2.0

package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Facts are what an answer says, in words that do not depend on the order of
// what has none.
type Facts map[Fact]string

// Fact names a value: {"trace 1f span 2a", "tags.error"}.
type Fact struct{ Place, Field string }

const there = "there" // the field of a place that is there

func (f Facts) add(place, field, value string) { f[Fact{place, field}] = value }

// FactsOf takes an answer apart.
func FactsOf(status int, contentType string, body []byte) Facts {
	f := Facts{}
	f.add("answer", "status", fmt.Sprint(status))
	f.add("answer", "contentType", contentType)
	if strings.HasPrefix(contentType, "text/html") {
		return f // a page for people
	}
	var envelope map[string]any
	if !decode(body, &envelope) {
		f.add("answer", "body", string(body))
		return f
	}
	f.add("answer", "indented", fmt.Sprint(bytes.Contains(body, []byte("\n  "))))
	for key, value := range envelope {
		switch key {
		case "data":
			f.data(value)
		case "errors":
			f.list("errors", value)
		case "result":
			f.otlp(value)
		case "services", "operations":
			f.data(value)
		case "error":
			f.list("error", []any{value})
		default:
			f.add("answer", key, text(value))
		}
	}
	return f
}

func decode(b []byte, v any) bool {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return d.Decode(v) == nil
}

// text is JSON with sorted keys; null and [] are not the same.
func text(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// data is the answer proper.
func (f Facts) data(v any) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		f.add("answer", "data", text(v))
		return
	}
	for _, e := range list {
		object, _ := e.(map[string]any)
		switch {
		case object["traceID"] != nil && object["spans"] != nil:
			f.trace(object)
		case object["parent"] != nil && object["callCount"] != nil:
			place := fmt.Sprintf("dependency %v to %v", object["parent"], object["child"])
			f.add(place, "callCount", text(object["callCount"]))
		default: // a service, an operation
			f.add(text(e), there, "yes")
		}
	}
}

// list is the elements of an array, each with its number.
func (f Facts) list(name string, v any) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		f.add("answer", name, text(v))
		return
	}
	for i, e := range list {
		object, ok := e.(map[string]any)
		if !ok {
			f.add(fmt.Sprintf("%s %d", name, i), name, text(e))
			continue
		}
		for key, value := range object {
			f.add(fmt.Sprintf("%s %d", name, i), name+"."+key, text(value))
		}
	}
}

func (f Facts) trace(t map[string]any) {
	place := fmt.Sprintf("trace %v", t["traceID"])
	processes, _ := t["processes"].(map[string]any)
	spans, _ := t["spans"].([]any)
	f.add(place, there, "yes")
	for key, value := range t {
		switch key {
		case "traceID", "spans", "processes":
		default:
			f.add(place, "trace."+key, text(value))
		}
	}
	used := map[string]bool{}
	count := map[string]int{}
	for _, s := range spans {
		span, _ := s.(map[string]any)
		at := fmt.Sprintf("%s span %v", place, span["spanID"])
		if count[at]++; count[at] > 1 {
			at = fmt.Sprintf("%s, number %d", at, count[at])
		}
		id, _ := span["processID"].(string)
		used[id] = true
		f.span(at, span)
		process, _ := processes[id].(map[string]any)
		for key, value := range process {
			if key == "tags" {
				f.tags(at, "process.tags", value)
			} else {
				f.add(at, "process."+key, text(value))
			}
		}
	}
	for id := range processes {
		if !used[id] {
			f.add(place, "processes", "one that no span has")
		}
	}
}

func (f Facts) span(at string, span map[string]any) {
	f.add(at, there, "yes")
	for key, value := range span {
		switch key {
		case "processID", "spanID":
		case "tags":
			f.tags(at, "tags", value)
		case "logs":
			logs, ok := value.([]any)
			if !ok || len(logs) == 0 {
				f.add(at, "logs", text(value))
			}
			for i, l := range logs {
				log, _ := l.(map[string]any)
				where := fmt.Sprintf("%s log %d", at, i)
				f.add(where, "logs.timestamp", text(log["timestamp"]))
				f.tags(where, "logs.fields", log["fields"])
			}
		default:
			f.add(at, key, text(value))
		}
	}
}

// tags are named by their keys; a key that comes twice has both values.
func (f Facts) tags(at, field string, v any) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		f.add(at, field, text(v))
		return
	}
	values := map[string][]string{}
	for _, e := range list {
		tag, _ := e.(map[string]any)
		key := fmt.Sprint(tag["key"])
		values[key] = append(values[key], fmt.Sprintf("%v %s", tag["type"], text(tag["value"])))
	}
	for key, all := range values {
		slices.Sort(all)
		f.add(at, field+"."+key, strings.Join(all, " + "))
	}
}
