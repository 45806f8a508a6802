// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// facts are what is known of a span and of who sent it: paths in OTLP's JSON, such
// as "resource attribute zone" or "event 0 time", and values. Nothing that the JSON
// says is left out, but for zeros and empty texts, which it may say or not. Ids are
// names: see namer.
type facts map[string]string

// object is what JSON calls so.
type object = map[string]any

// readOTLP finds the spans in the JSON of OTLP, which may be several requests one
// after the other, and which a query service puts inside of something.
func readOTLP(text []byte, name namer) ([]facts, error) {
	var all []facts
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		var o object
		if err := d.Decode(&o); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if result, ok := o["result"].(object); ok {
			o = result
		}
		for rs := range objects(o, "resourceSpans") {
			for ss := range objects(rs, "scopeSpans") {
				for s := range objects(ss, "spans") {
					f := facts{}
					f.read("resource ", rs["resource"])
					f.read("scope ", ss["scope"])
					f.add("resource schema", rs["schemaUrl"])
					f.add("scope schema", ss["schemaUrl"])
					f.read("", s)
					f.rename(name)
					all = append(all, f)
				}
			}
		}
	}
}

func objects(o object, key string) iter.Seq[object] {
	return func(yield func(object) bool) {
		list, _ := o[key].([]any)
		for _, v := range list {
			if o, ok := v.(object); !ok || !yield(o) {
				return
			}
		}
	}
}

// read adds what stands in a resource, scope, span, event, link or status.
func (f facts) read(path string, v any) {
	o, _ := v.(object)
	for key, v := range o {
		switch key {
		case "attributes":
			for a := range objects(o, key) {
				value, _ := a["value"].(object)
				f.attribute(fmt.Sprintf("%sattribute %v", path, a["key"]), value)
			}
		case "events", "links":
			for i, part := range slices.SortedStableFunc(objects(o, key), byTime) {
				f.read(fmt.Sprintf("%s%s %d ", path, strings.TrimSuffix(key, "s"), i), part)
			}
		case "status":
			f.read(path+"status ", v)
		default:
			f.add(path+key, v)
		}
	}
}

// byTime sorts events, which not every receiver leaves as they came.
func byTime(a, b object) int {
	return cmp.Compare(number(fmt.Sprint(a["timeUnixNano"])), number(fmt.Sprint(b["timeUnixNano"])))
}

func (f facts) add(path string, v any) {
	if text := fmt.Sprint(v); v != nil && text != "" && text != "0" {
		f[path] = text
	}
}

// attribute adds a value with its kind. A key that comes twice has two values.
func (f facts) attribute(path string, value object) {
	text := "none"
	for kind, v := range value {
		text = fmt.Sprintf("%s %v", kind, v)
		if d, err := strconv.ParseFloat(fmt.Sprint(v), 64); kind == "doubleValue" && err == nil {
			text = double(d)
		}
	}
	if before, twice := f[path]; twice {
		text = before + " and " + text
	}
	f[path] = text
}

func double(d float64) string { return fmt.Sprintf("doubleValue %v", d) }

// namer turns the ids of a trace and of a span in it into what the test calls it.
type namer func(trace, span any) string

// Where Jaeger's query service says what it thinks of a span.
const warnings = "attribute @jaeger@warnings"

var spanID = regexp.MustCompile(`\b[0-9a-f]{16}\b`)

// rename puts names for ids, and a duration for the end.
func (f facts) rename(name namer) {
	ids := func(path, trace, span string) {
		if f[span] != "" {
			f[path] = name(f[trace], f[span])
		}
	}
	ids("parent", "traceId", "parentSpanId")
	ids("id", "traceId", "spanId")
	for i := 0; f[fmt.Sprintf("link %d spanId", i)] != ""; i++ {
		link := fmt.Sprintf("link %d", i)
		ids(link, link+" traceId", link+" spanId")
		delete(f, link+" traceId")
		delete(f, link+" spanId")
	}
	if w, ok := f[warnings]; ok {
		f[warnings] = spanID.ReplaceAllStringFunc(w, func(id string) string { return name(f["traceId"], id) })
	}
	f["start"] = f["startTimeUnixNano"]
	f["duration"] = strconv.FormatInt(number(f["endTimeUnixNano"])-number(f["start"]), 10)
	for _, gone := range []string{"traceId", "spanId", "parentSpanId", "startTimeUnixNano", "endTimeUnixNano"} {
		delete(f, gone)
	}
}

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// compare says which facts are missing, which are others and which are too many.
func compare(t *testing.T, what string, got, want facts) {
	t.Helper()
	paths := maps.Clone(want)
	maps.Copy(paths, got)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		g, is := got[path]
		w, should := want[path]
		switch {
		case !should:
			t.Errorf("%s: %s is %q, and should not be", what, path, g)
		case !is:
			t.Errorf("%s: %s is missing, not %q", what, path, w)
		case g != w:
			t.Errorf("%s: %s is %q, not %q", what, path, g, w)
		}
	}
}
