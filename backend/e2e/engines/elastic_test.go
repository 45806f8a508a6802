// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

// elasticSpanAge is how old the spans of the corpus are, and some days.
func elasticSpanAge() time.Duration {
	return time.Since(time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)).Truncate(time.Hour) + 96*time.Hour
}

// elasticPeer is a server that uses the engine: where it takes what, and its API.
type elasticPeer struct {
	ports map[int]string // host:port by Jaeger's number
	query string
}

// elasticPrefix is a prefix of indices that no other test has, removed at the end.
func elasticPrefix(t *testing.T, name string) (url, prefix string) {
	t.Helper()
	url = os.Getenv("ELASTIC")
	if url == "" {
		t.Fatal("ELASTIC is not set: run make engines, or set it to what elasticsearch.sh start prints")
	}
	prefix = fmt.Sprintf("e2e%d-%s", os.Getpid(), name)
	t.Cleanup(func() {
		_, body := elasticAsk(t, http.MethodGet, url+"/_cat/indices/"+prefix+"-*?h=index", "")
		for _, index := range strings.Fields(body) {
			elasticAsk(t, http.MethodDelete, url+"/"+index, "")
		}
		for _, kind := range []string{"_template", "_index_template"} {
			elasticAsk(t, http.MethodDelete, url+"/"+kind+"/"+prefix+"-*", "")
		}
	})
	return url, prefix
}

// elasticOurs starts an all-in-one of ours.
func elasticOurs(t *testing.T, url, prefix string, age time.Duration, set ...func(*config.Elastic)) elasticPeer {
	t.Helper()
	c := config.Default(config.AllInOne)
	c.Storage = "elasticsearch"
	c.Elastic.URLs, c.Elastic.Prefix, c.Elastic.Shards, c.Elastic.Replicas = []string{url}, prefix, 1, 0
	c.Elastic.MaxSpanAge = age
	for _, f := range set {
		f(&c.Elastic)
	}
	c.FreePorts()
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler), Engines: engines.Open})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	p := map[int]string{14269: s.Addr(server.Admin)}
	for port, name := range portNames {
		p[port] = s.Addr(name)
	}
	return elasticPeer{p, "http://" + s.Addr(server.Query)}
}

// elastic162 starts an all-in-one of Jaeger 1.62.
func elastic162(t *testing.T, url, prefix string, env ...string) elasticPeer {
	t.Helper()
	p := elasticPorts(t)
	args := []string{}
	for flag, port := range map[string]int{
		"admin.http.host-port": 14269, "collector.grpc-server.host-port": 14250, "collector.http-server.host-port": 14268,
		"collector.otlp.grpc.host-port": 4317, "collector.otlp.http.host-port": 4318, "collector.zipkin.host-port": 9411,
		"http-server.host-port": 5778, "processor.jaeger-binary.server-host-port": 6832, "processor.jaeger-compact.server-host-port": 6831,
		"processor.zipkin-compact.server-host-port": 5775, "query.grpc-server.host-port": 16685, "query.http-server.host-port": 16686, "reporter.grpc.host-port": 14250,
	} {
		args = append(args, "--"+flag+"="+p[port])
	}
	elasticRun(t, "http://"+p[14269]+"/", append(env,
		"SPAN_STORAGE_TYPE=elasticsearch", "ES_SERVER_URLS="+url, "ES_INDEX_PREFIX="+prefix, "ES_NUM_SHARDS=1", "ES_NUM_REPLICAS=0",
		"ES_MAX_SPAN_AGE="+elasticSpanAge().String(),
	), "all-in-one-1.62", args...)
	return elasticPeer{p, "http://" + p[16686]}
}

// elastic213 starts a Jaeger 2.13.
func elastic213(t *testing.T, url, prefix string, _ ...string) elasticPeer {
	t.Helper()
	p := elasticPorts(t)
	text := fmt.Sprintf(`
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces: {receivers: [otlp, jaeger, zipkin], exporters: [jaeger_storage_exporter]}
  telemetry: {metrics: {level: none}}
extensions:
  jaeger_query: {storage: {traces: store}, enable_tracing: false, http: {endpoint: "%s"}, grpc: {endpoint: "%s"}}
  jaeger_storage:
    backends:
      store:
        elasticsearch:
          server_urls: ["%s"]
          max_span_age: %s
          indices:
            index_prefix: "%s"
            spans: {shards: 1, replicas: 0, date_layout: "2006-01-02", rollover_frequency: day}
            services: {shards: 1, replicas: 0, date_layout: "2006-01-02", rollover_frequency: day}
  healthcheckv2: {use_v2: true, http: {endpoint: "%s"}}
%sexporters:
  jaeger_storage_exporter: {trace_storage: store}
`, p[16686], p[16685], url, elasticSpanAge(), prefix, p[13133], receivers(func(port int) string { return p[port] }))
	file := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	elasticRun(t, "http://"+p[13133]+"/status", nil, "jaeger-2.13", "--config", "file:"+file)
	return elasticPeer{p, "http://" + p[16686]}
}

// TestElasticInterchange: what real Jaegers write we show as they do, and what we write
// they show as we do. Their documents and ours are the same, and so are the indices.
func TestElasticInterchange(t *testing.T) {
	c := load(t)
	table := golden.TableOf(elasticDifferences, golden.V162)
	url, from162 := elasticPrefix(t, "from162")
	_, from213 := elasticPrefix(t, "from213")
	_, from := elasticPrefix(t, "ours")
	// Each runs while its indices are read, and no longer: the machine may be small.
	t.Run("from 1.62", func(t *testing.T) {
		theirs := elastic162(t, url, from162)
		c.send(t, theirs.at)
		c := c
		c.hidden = 13 // it writes ten digits of the largest float64, and cannot read them
		c.compare(t, "from 1.62", theirs.query, elasticOurs(t, url, from162, elasticSpanAge()).query, table, golden.Ours)
	})
	t.Run("from 2.13", func(t *testing.T) {
		theirs := elastic213(t, url, from213)
		c.send(t, theirs.at)
		c.compare(t, "from 2.13", theirs.query, elasticOurs(t, url, from213, elasticSpanAge()).query, table, golden.Ours)
	})
	t.Run("to both", func(t *testing.T) {
		ours := elasticOurs(t, url, from, elasticSpanAge())
		c.send(t, ours.at)
		c.compare(t, "to 1.62", ours.query, elastic162(t, url, from).query, table, golden.Ours)
		c.compare(t, "to 2.13", ours.query, elastic213(t, url, from).query, table, golden.Ours)
	})
	t.Run("documents", func(t *testing.T) { elasticDocuments(t, url, from162, from) })
	for _, k := range table.Unused(golden.Ours) {
		t.Errorf("no difference needs %+v", k)
	}
}

// elasticDocuments compares the spans of two prefixes by their documents, and their
// indices by mappings and settings.
func elasticDocuments(t *testing.T, url, theirs, ours string) {
	want, got := elasticSources(t, url, theirs), elasticSources(t, url, ours)
	different, compared := 0, 0
	for _, key := range slices.Sorted(maps.Keys(want)) {
		a, b := want[key], got[key]
		if len(a) != len(b) || elasticZipkin(a[0]) || elasticNameless(a[0]) {
			continue // what the two do with it when it arrives is compared by their answers
		}
		for i := range a {
			compared++
			if diff := elasticFields(a[i], b[i]); len(diff) > 0 {
				if different++; different < 10 {
					t.Errorf("%s: %s", key, strings.Join(diff, "; "))
				}
			}
		}
	}
	if different > 0 || compared < 100 {
		t.Errorf("%d of %d documents differ, want none of at least 100", different, compared)
	}
	for _, kind := range []string{"span", "service"} {
		if a, b := elasticIndex(t, url, theirs, kind), elasticIndex(t, url, ours, kind); !reflect.DeepEqual(a, b) {
			t.Errorf("indices of %ss: Jaeger's\n%v, ours\n%v", kind, a, b)
		}
	}
}

// elasticSources are all documents of spans by ids and name.
func elasticSources(t *testing.T, url, prefix string) map[string][]map[string]any {
	t.Helper()
	status, answer := elasticAsk(t, http.MethodPost, url+"/"+prefix+"-jaeger-span-*/_search", `{"size":10000,"sort":["startTime","duration"]}`)
	var found struct {
		Hits struct {
			Hits []struct {
				Source map[string]any `json:"_source"`
			} `json:"hits"`
		} `json:"hits"`
	}
	d := json.NewDecoder(strings.NewReader(answer))
	d.UseNumber()
	if err := d.Decode(&found); err != nil || status != http.StatusOK {
		t.Fatalf("%d, %v: %.300s", status, err, answer)
	}
	all := map[string][]map[string]any{}
	for _, h := range found.Hits.Hits {
		s := h.Source
		key := fmt.Sprint(s["traceID"], " ", s["spanID"], " ", s["operationName"], " ", s["startTime"])
		all[key] = append(all[key], s)
	}
	return all
}

// elasticFields are the fields in which two documents differ, but for the order of tags,
// the format in which a span came, and numbers of more than ten digits, which 1.62 cuts.
func elasticFields(a, b map[string]any) (diff []string) {
	keys := map[string]bool{}
	for _, m := range []map[string]any{a, b} {
		for k := range m {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		x, y := a[k], b[k]
		if m, ok := x.(map[string]any); ok && k == "process" {
			n, _ := y.(map[string]any)
			x, y = map[string]any{"serviceName": m["serviceName"], "tags": elasticTags(m["tags"])}, map[string]any{"serviceName": n["serviceName"], "tags": elasticTags(n["tags"])}
		}
		if k == "tags" {
			x, y = elasticTags(x), elasticTags(y)
		}
		if !reflect.DeepEqual(x, y) {
			diff = append(diff, fmt.Sprintf("%s: Jaeger's %v, ours %v", k, x, y))
		}
	}
	return diff
}

// elasticTags are tags, sorted, but for those that differ on purpose: the format in which
// a span came, counts that 1.62 does not have, and text that was not UTF-8, in which there
// is a mark for each byte or for all of them. Floats are compared by the ten
// digits that 1.62 writes, and without the sign of zero, which Jaeger's agent loses.
func elasticTags(list any) (texts []string) {
	tags, _ := list.([]any)
	for _, tag := range tags {
		m, _ := tag.(map[string]any)
		key, value := fmt.Sprint(m["key"]), fmt.Sprint(m["value"])
		if key == "internal.span.format" || strings.HasPrefix(key, "otel.dropped_") || strings.HasSuffix(key, "not_utf8") {
			continue
		}
		if f, err := strconv.ParseFloat(value, 64); err == nil && m["type"] == "float64" {
			value = strconv.FormatFloat(f+0, 'g', 10, 64) // -0 + 0 is 0
		}
		texts = append(texts, fmt.Sprintf("%s %v %.300s", key, m["type"], value))
	}
	slices.Sort(texts)
	return texts
}

// elasticZipkin reports whether a span came as Zipkin's: how its annotations become tags is
// not the store's.
func elasticZipkin(source map[string]any) bool {
	return slices.ContainsFunc(source["tags"].([]any), func(tag any) bool {
		m, _ := tag.(map[string]any)
		return m["key"] == "internal.span.format" && m["value"] == "zipkin"
	})
}

// elasticNameless reports whether a span came without a name of its service: who receives it
// gives it one, and not the same.
func elasticNameless(source map[string]any) bool {
	process, _ := source["process"].(map[string]any)
	return process["serviceName"] == "OTLPResourceNoServiceName" || process["serviceName"] == "empty-service-name"
}

// elasticIndex is what the first index of a kind has for mappings and settings, without what
// is its own.
func elasticIndex(t *testing.T, url, prefix, kind string) any {
	t.Helper()
	status, answer := elasticAsk(t, http.MethodGet, url+"/"+prefix+"-jaeger-"+kind+"-*", "")
	var all map[string]struct {
		Aliases, Mappings map[string]any
		Settings          struct{ Index map[string]any }
	}
	if err := json.Unmarshal([]byte(answer), &all); err != nil || status != http.StatusOK || len(all) == 0 {
		t.Fatalf("%d, %v: %.300s", status, err, answer)
	}
	first := all[slices.Min(slices.Collect(maps.Keys(all)))]
	for _, own := range []string{"creation_date", "provided_name", "uuid", "version"} {
		delete(first.Settings.Index, own)
	}
	return []any{first.Aliases, first.Mappings, first.Settings.Index}
}

// elasticDifferences are all between what goes in, V162, and what comes out, Ours: of
// answers. What is from a Jaeger is shown by us, and what is to one by that.
var elasticDifferences = []golden.Known{
	{Field: "trace.warnings", V162: "*", Ours: "*", Why: "only we mark a part of a trace"},
	{Field: "warnings", V162: "*", Ours: "*", Why: "clock skew is what Jaeger warns of; what was mended is in no document"},
	{Field: "references", V162: `*"spanID":"*`, Ours: `*"spanID":"*`, Why: "below an id that client and server share, a child of the client's service is the client's; 2.13 has a link for a parent that is one, too"},
	{Field: "tags.bytes.empty", V162: "binary *", Ours: "binary *", Why: "no bytes are null with us, empty text with Jaeger"},
	{Field: "tags.span.kind", V162: "*", Ours: "*", Why: "a tag named like the kind of a span of OTLP is that kind"},
	{Request: "from 1.62 *", Field: "tags.internal.span.format", V162: `string "proto"`, Ours: `string "jaeger"`, Why: "of spans by gRPC Jaeger says proto; they are told apart from Thrift's by nothing else"},
	{Request: "from 2.13 *", Field: "*tags.*", V162: `string "invalid string type in <nil>"`, Ours: `string ""`, Why: "2.13 cannot read the empty values that it writes"},
	{Request: "from 2.13 *", Field: "tags.internal.span.format", Ours: `string "otlp"`, Why: "all that 2.13 writes was OTLP, and 1.62 says so"},
	{Request: "from 2.13 *", Field: "tags", V162: "[]", Why: "with that tag they are not empty"},
	{Request: "to *", Field: "tags.otel.dropped_*", Ours: "int64 *", Why: "OTLP's field is a tag of the document"},
	{Request: "to 2.13 *", Field: "tags.otel.status_code", Ours: `string "ERROR"`, Why: "2.13 shows the tag error as OTLP's status, too"},
	{Request: "to 2.13 *", Field: "tags.error", V162: "*", Ours: "bool true", Why: "the same"},
	{Request: "to 2.13 *", Field: "tags.twice", V162: "* + *", Ours: "*", Why: "2.13 shows the last tag of a key only"},
	{Request: "to 2.13 *", Field: "logs.fields.text", V162: "* + *", Ours: "*", Why: "the same"},
	{Request: "to 2.13 *", Field: "flags", V162: "*", Why: "2.13 does not show flags"},
	{Request: "to 2.13 trace-jaegergo-shared-*", Field: "*", V162: "*", Ours: "*", Why: "2.13 looks for ids of 64 bits with 32 digits, and 1.62 with 16, as we write them"},
	{Request: "to 2.13 trace-64-bit-*", Field: "*", V162: "*", Ours: "*", Why: "the same"},
	{Request: "to 2.13 trace-*64bit-*", Field: "*", V162: "*", Ours: "*", Why: "the same"},
	{Request: "to 2.13 trace-zipkin-v1-other-*", Field: "*", V162: "*", Ours: "*", Why: "the same"},
	{Request: "to 2.13 trace-zipkinjs-*", Field: "*", V162: "*", Ours: "*", Why: "the same"},
}
