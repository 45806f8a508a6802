// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// difference is something that a receiver does not show as it was traced, when it
// came by some ways. Whatever is not listed is shown as it was traced, by every
// receiver, whichever way it came.
type difference struct {
	ways string // words that a way's kind must have, all of them
	at   string // the receiver; every one when empty
	what string
	why  string
	make func(facts) // of what was traced what is shown
}

// differences is the whole list, in the order in which they are made.
func differences() []difference {
	micro := func(v string) string { return fmt.Sprint(number(v) / 1000 * 1000) }
	prefixed := func(prefix string) func(string) string {
		return func(v string) string { return strings.Replace(v, " ", " "+prefix, 1) }
	}
	return []difference{
		{
			ways: "thrift", what: "times in microseconds", why: "jaeger.thrift has no room for more",
			make: all(replaced("start", micro), replaced("event 0 timeUnixNano", micro), replaced("event 1 timeUnixNano", micro), replaced("event 2 timeUnixNano", micro)),
		},
		{
			ways: "thrift", what: "durations in microseconds", why: "jaeger.thrift has no room for more",
			make: replaced("duration", micro),
		},
		{
			ways: "thrift spur", what: "no duration below 1 µs", why: "a user interface takes none for missing, and v2 warns",
			make: replaced("duration", func(v string) string { return fmt.Sprint(max(1000, number(v))) }),
		},
		{
			what: "hostname → host.name", why: "OpenTelemetry's name for it; receivers of Thrift translate, over OTLP spur does",
			make: renamed("resource attribute hostname", "resource attribute host.name"),
		},
		{
			ways: "thrift", what: "jaeger.version → opencensus.exporterversion", why: "how receivers of Thrift translate it",
			make: all(
				replaced("resource attribute jaeger.version", prefixed("Jaeger-")),
				renamed("resource attribute jaeger.version", "resource attribute opencensus.exporterversion"),
			),
		},
		{
			ways: "otlp", what: "jaeger.version → telemetry.sdk.*", why: "OpenTelemetry's names for it",
			make: func(f facts) {
				_, version, _ := strings.Cut(f["resource attribute jaeger.version"], "Go-spur-")
				delete(f, "resource attribute jaeger.version")
				f["resource attribute telemetry.sdk.name"] = "stringValue spur"
				f["resource attribute telemetry.sdk.language"] = "stringValue go"
				f["resource attribute telemetry.sdk.version"] = "stringValue " + version
			},
		},
		{
			ways: "otlp", what: "client-uuid → service.instance.id", why: "OpenTelemetry's name for it",
			make: renamed("resource attribute client-uuid", "resource attribute service.instance.id"),
		},
		{
			ways: "otlp", what: "a scope", why: "jaeger.thrift has none",
			make: added("scope name", "github.com/go-spur/spur"),
		},
		{
			ways: "otlp", what: "flags tell that the trace id is random", why: "jaeger.thrift has no room for it, and an id of the caller's may not be",
			make: replaced("flags", func(v string) string {
				switch v {
				case flagsRoot:
					return "3"
				case flagsLocal:
					return "259"
				}
				return v
			}),
		},
		{
			ways: "options", what: "current names", why: "the option SemanticNames",
			make: all(
				renamed("attribute peer.service", "attribute service.peer.name"),
				renamed("attribute http.status_code", "attribute http.response.status_code"),
			),
		},
		{
			ways: "options", what: "stats", why: "the option InBandStats",
			make: all(
				added("scope attribute spur.dropped.queue_full", "intValue 0"), added("scope attribute spur.dropped.too_large", "intValue 0"),
				added("scope attribute spur.dropped.failed", "intValue 0"), added("scope attribute spur.batch", "intValue 1"),
			),
		},
		{
			ways: "otlp", what: `error="true" → status`, why: "spur takes the text for what it means; receivers of Thrift know the bool only",
			make: in("error as text", all(gone("attribute error"), added("status code", "2"))),
		},
		{
			ways: "otlp", at: "Jaeger 2", what: "no duration of zero, and a warning", why: "v2 takes it for a negative one",
			make: func(f facts) {
				if f["duration"] == "0" {
					start := time.Unix(0, number(f["start"])).UTC()
					f["duration"] = "1"
					f[warnings] = fmt.Sprintf("arrayValue map[values:[map[stringValue:Negative duration detected, sanitizing end timestamp."+
						" Original end timestamp: %v, adjusted to: %v]]]", start, start.Add(1))
				}
			},
		},
		{
			ways: "thrift", what: "http.status_code → status", why: "receivers of Thrift conclude from 5xx, and from 4xx of clients, that the span failed",
			make: all(in("status 500", added("status code", "2")), in("status 404", added("status code", "2"))),
		},
		{
			ways: "otlp", at: "Jaeger 1.62", what: "http.status_code → status", why: "v1.62 stores jaeger.thrift's model, and its query service concludes the same",
			make: all(in("status 500", added("status code", "2")), in("status 404", added("status code", "2"))),
		},
		{
			ways: "options", at: "Jaeger 1.62", what: "http.response.status_code → no status", why: "v1.62 concludes nothing from the current name",
			make: all(in("status 500", gone("status code")), in("status 404", gone("status code"))),
		},
		{
			ways: "options", at: "Jaeger 1.62", what: "stats are gone", why: "v1.62 keeps no attributes of a scope",
			make: func(f facts) {
				maps.DeleteFunc(f, func(path, _ string) bool { return strings.HasPrefix(path, "scope attribute ") })
			},
		},
		{
			ways: "thrift", what: "unknown span.kind is gone", why: "receivers of Thrift take the tag away even if they know no such kind",
			make: gone("attribute span.kind"),
		},
		{
			ways: "thrift spur", what: "tracestate is gone", why: "jaeger.thrift has no room for it",
			make: gone("traceState"),
		},
		{
			ways: "thrift spur", what: "dropped counts are tags", why: "jaeger.thrift has no room for them",
			make: all(
				replaced("droppedAttributesCount", func(v string) string { return "intValue " + v }),
				renamed("droppedAttributesCount", "attribute otel.dropped_attributes_count"),
			),
		},
		{
			ways: "otlp", at: "Jaeger 1.62", what: "unknown span.kind is gone", why: "its query service takes the tag away, too",
			make: gone("attribute span.kind"),
		},
		{
			ways: "thrift", what: "event=7 is gone", why: "receivers of Thrift take a log's field event away even if it is not a text, which alone can name the log",
			make: gone("event 2 attribute event"),
		},
		{
			ways: "otlp", at: "Jaeger 1.62", what: "event=7 is gone", why: "its query service takes the field away, too",
			make: gone("event 2 attribute event"),
		},
		{
			ways: "otlp", at: "Jaeger 1.62", what: "dropped counts are gone", why: "v1.62's model has no room for them",
			make: gone("droppedAttributesCount"),
		},
		{
			at: "Jaeger 1.62", what: "flags are gone", why: "its query service does not show them",
			make: gone("flags"),
		},
		{
			ways: "thrift", at: "Jaeger 2", what: "flags are gone", why: "v2.13 does not take them over",
			make: gone("flags"),
		},
		{
			ways: "thrift", at: "Collector", what: "flags tell sampled alone", why: "jaeger.thrift does not tell a remote parent from another",
			make: replaced("flags", func(string) string { return "1" }),
		},
		{
			ways: "otlp", at: "Jaeger 1.62", what: "internal.span.format", why: "v1.62 notes how a span came in",
			make: added("attribute internal.span.format", "stringValue otlp"),
		},
		{
			ways: "thrift udp", at: "Jaeger 1.62", what: "internal.span.format", why: "v1.62 notes how a span came in; here from its agent by gRPC",
			make: added("attribute internal.span.format", "stringValue proto"),
		},
		{
			ways: "thrift http", at: "Jaeger 1.62", what: "internal.span.format", why: "v1.62 notes how a span came in",
			make: added("attribute internal.span.format", "stringValue jaeger"),
		},
		{
			at: "Jaeger 2", what: "a warning", why: "v2 says when a parent is in another service, because it cannot compare the clocks then",
			make: orphans(func(f facts) {
				f[warnings] = "arrayValue map[values:[map[stringValue:parent span ID=" + f["parent"] +
					" is not in the trace; skipping clock skew adjustment]]]"
			}),
		},
	}
}

// concerns says whether spans that go this way to this receiver are changed.
func (d *difference) concerns(receiver string, w *way) bool {
	if d.at != "" && d.at != receiver {
		return false
	}
	kind := strings.Fields(w.kind)
	return !slices.ContainsFunc(strings.Fields(d.ways), func(word string) bool { return !slices.Contains(kind, word) })
}

// apply makes of what was traced what is to be shown. A difference that changes
// nothing is an error: it is not one any more.
func apply(t *testing.T, receiver string, w *way, traced map[string]facts) {
	t.Helper()
	for _, d := range differences() {
		if !d.concerns(receiver, w) {
			continue
		}
		used := false
		for _, f := range traced {
			before := maps.Clone(f)
			d.make(f)
			used = used || !maps.Equal(before, f)
		}
		if !used {
			t.Errorf("the difference %q is none", d.what)
		}
	}
}

// gone is a fact that is not shown.
func gone(path string) func(facts) {
	return func(f facts) { delete(f, path) }
}

// renamed is a fact that is shown as another.
func renamed(path, as string) func(facts) {
	return func(f facts) {
		if v, ok := f[path]; ok {
			delete(f, path)
			f[as] = v
		}
	}
}

// replaced is a fact that is shown with another value.
func replaced(path string, value func(string) string) func(facts) {
	return func(f facts) {
		if v, ok := f[path]; ok {
			f[path] = value(v)
		}
	}
}

// added is a fact that nobody has traced.
func added(path, value string) func(facts) {
	return func(f facts) { f[path] = value }
}

// all makes one difference of several.
func all(changes ...func(facts)) func(facts) {
	return func(f facts) {
		for _, change := range changes {
			change(f)
		}
	}
}

// in is a difference of one span.
func in(span string, change func(facts)) func(facts) {
	return func(f facts) {
		if f["name"] == span {
			change(f)
		}
	}
}

// orphans is a difference of the spans whose parent is elsewhere.
func orphans(change func(facts)) func(facts) {
	return func(f facts) {
		if strings.HasSuffix(f["parent"], "caller") {
			change(f)
		}
	}
}

// logDifferences shows the table.
func logDifferences(t *testing.T) {
	t.Helper()
	var b strings.Builder
	for _, d := range differences() {
		fmt.Fprintf(&b, "\n%-12s | %-11s | %s | %s", cmp.Or(d.ways, "all"), cmp.Or(d.at, "all"), d.what, d.why)
	}
	t.Log(b.String())
}
