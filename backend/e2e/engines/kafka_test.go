// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/server"
)

var topics atomic.Int64

// newTopic creates a topic.
func newTopic(t *testing.T) (kafka, topic string) {
	t.Helper()
	kafka = os.Getenv("KAFKA_PLAIN")
	if kafka == "" {
		t.Fatal("KAFKA_PLAIN is not set: run make engines, or what kafka.sh start prints")
	}
	topic = fmt.Sprintf("interchange-%d-%d", os.Getpid(), topics.Add(1))
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 4, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	return kafka, topic
}

// reads starts our ingester and query, and returns query's URL.
func reads(t *testing.T, kafka, topic, encoding string) string {
	t.Helper()
	in := config.Default(config.Ingester)
	in.Data = t.TempDir()
	k := &in.KafkaConsumer
	k.Addresses, k.Topic, k.Encoding, k.Group = []string{kafka}, topic, encoding, topic+"-ours"
	start(t, in)
	q := config.Default(config.Query)
	q.Data = in.Data
	return "http://" + start(t, q).Addr(server.Query)
}

// writes starts an all-in-one of ours that also writes to Kafka, and returns where its
// API is.
func writes(t *testing.T, kafka, topic, encoding string) (*server.Server, string) {
	t.Helper()
	c := config.Default(config.AllInOne)
	c.Storage = "memory,kafka"
	k := &c.KafkaProducer
	k.Addresses, k.Topic, k.Encoding = []string{kafka}, topic, encoding
	s := start(t, c)
	return s, "http://" + s.Addr(server.Query)
}

// jaeger162 starts an all-in-one of Jaeger 1.62.
func jaeger162(t *testing.T, p ports, env ...string) {
	t.Helper()
	args := []string{realBinary(t, "all-in-one-1.62")}
	for flag, port := range map[string]int{
		"admin.http.host-port": 14269, "collector.grpc-server.host-port": 14250, "collector.http-server.host-port": 14268,
		"collector.otlp.grpc.host-port": 4317, "collector.otlp.http.host-port": 4318, "collector.zipkin.host-port": 9411,
		"http-server.host-port": 5778, "processor.jaeger-binary.server-host-port": 6832, "processor.jaeger-compact.server-host-port": 6831,
		"processor.zipkin-compact.server-host-port": 5775, "query.grpc-server.host-port": 16685, "query.http-server.host-port": 16686, "reporter.grpc.host-port": 14250,
	} {
		args = append(args, "--"+flag+"="+p.at(t, port))
	}
	launch(t, env, args...)
	answers(t, "http://"+p.at(t, 14269)+"/")
	answers(t, "http://"+p.at(t, 16686)+"/api/services")
}

// jaeger213 starts a Jaeger v2 that writes what it is sent to one topic, and shows what
// it reads from another.
func jaeger213(t *testing.T, p ports, kafka, to, from, encoding string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jaeger.yaml")
	text := fmt.Sprintf(`
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces/in: {receivers: [otlp, jaeger, zipkin], exporters: [kafka]}
    traces/out: {receivers: [kafka], exporters: [jaeger_storage_exporter]}
  telemetry: {metrics: {level: none}}
extensions:
  jaeger_query: {storage: {traces: store}, enable_tracing: false, http: {endpoint: "%s"}, grpc: {endpoint: "%s"}}
  jaeger_storage: {backends: {store: {memory: {max_traces: 100000}}}}
  healthcheckv2: {use_v2: true, http: {endpoint: "%s"}}
%s  kafka: {brokers: ["%s"], initial_offset: earliest, traces: {topic: %s, encoding: %s}, group_id: %[6]s}
exporters:
  kafka: {brokers: ["%[5]s"], traces: {topic: %[8]s, encoding: %[7]s}}
  jaeger_storage_exporter: {trace_storage: store}
`, p.at(t, 16686), p.at(t, 16685), p.at(t, 13133), receivers(func(port int) string { return p.at(t, port) }), kafka, from, encoding, to)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	launch(t, nil, realBinary(t, "jaeger-2.13"), "--config", "file:"+file)
	answers(t, "http://"+p.at(t, 13133)+"/status")
	answers(t, "http://"+p.at(t, 16686)+"/api/services")
}

// TestKafkaInterchange: what real Jaegers write to Kafka is shown as they show it
// themselves, and the other way round, in each encoding.
func TestKafkaInterchange(t *testing.T) {
	c := load(t)
	table := golden.TableOf(kafkaDifferences, golden.V162)
	for _, encoding := range []string{"protobuf", "json"} {
		t.Run("from 1.62 "+encoding, func(t *testing.T) {
			kafka, topic := newTopic(t)
			p := ports{}
			jaeger162(t, p, "SPAN_STORAGE_TYPE=memory,kafka", "KAFKA_PRODUCER_BROKERS="+kafka, "KAFKA_PRODUCER_TOPIC="+topic, "KAFKA_PRODUCER_ENCODING="+encoding)
			ours := reads(t, kafka, topic, encoding)
			c.send(t, func(port int) string { return p.at(t, port) })
			c.compare(t, "from 1.62 "+encoding, "http://"+p.at(t, 16686), ours, table, golden.Ours)
		})
		t.Run("to 1.62 "+encoding, func(t *testing.T) { toIngester(t, &c, encoding, table) })
	}
	for _, encoding := range []string{"otlp_proto", "otlp_json", "jaeger_proto", "jaeger_json"} {
		t.Run("from 2.13 "+encoding, func(t *testing.T) {
			kafka, topic := newTopic(t)
			p := ports{}
			jaeger213(t, p, kafka, topic, topic, encoding)
			ours := reads(t, kafka, topic, encoding)
			c.send(t, func(port int) string { return p.at(t, port) })
			c.compare(t, "from 2.13 "+encoding, "http://"+p.at(t, 16686), ours, table, golden.Ours)
		})
		t.Run("to 2.13 "+encoding, func(t *testing.T) {
			kafka, topic := newTopic(t)
			p := ports{}
			jaeger213(t, p, kafka, topic+"-other", topic, encoding)
			s, ours := writes(t, kafka, topic, encoding)
			c.send(t, func(port int) string { return s.Addr(portNames[port]) })
			c.compare(t, "to 2.13 "+encoding, ours, "http://"+p.at(t, 16686), table, golden.Ours)
		})
	}
	for _, k := range table.Unused(golden.Ours) {
		t.Errorf("no difference needs %+v", k)
	}
}

// spansSent is how many there are in all files of the corpus.
const spansSent = 236

// toIngester has Jaeger 1.62's ingester store what we write, and its all-in-one show
// it.
func toIngester(t *testing.T, c *corpus, encoding string, table *golden.Table) {
	kafka, topic := newTopic(t)
	p, data := ports{}, t.TempDir()
	badger := []string{"SPAN_STORAGE_TYPE=badger", "BADGER_EPHEMERAL=false", "BADGER_DIRECTORY_KEY=" + data, "BADGER_DIRECTORY_VALUE=" + data}
	admin := p.at(t, 14270)
	ingester := launch(t, append(badger, "KAFKA_CONSUMER_BROKERS="+kafka, "KAFKA_CONSUMER_TOPIC="+topic, "KAFKA_CONSUMER_ENCODING="+encoding,
		"KAFKA_CONSUMER_GROUP_ID="+topic), realBinary(t, "ingester-1.62"), "--admin.http.host-port="+admin)
	metric := func(url, name string) (sum int) {
		_, _, body := get("http://" + url + "/metrics")
		for _, m := range regexp.MustCompile(`(?m)^`+name+`(?:{[^}]*})? (\S+)$`).FindAllSubmatch(body, -1) {
			n, _ := strconv.ParseFloat(string(m[1]), 64)
			sum += int(n)
		}
		return sum
	}
	await(t, "the ingester has its partitions", 60*time.Second, func() bool { return metric(admin, "jaeger_ingester_sarama_consumer_partition_start_total") == 4 })
	s, ours := writes(t, kafka, topic, encoding)
	c.send(t, func(port int) string { return s.Addr(portNames[port]) })
	await(t, "all is written", 60*time.Second, func() bool {
		return metric(s.Addr(server.Admin), "spur_kafka_messages_produced_total") == spansSent // a message each
	})
	await(t, "the ingester has read all", 60*time.Second, func() bool { return metric(admin, "jaeger_ingester_sarama_consumer_messages_total") == spansSent })
	ingester.end(syscall.SIGTERM)
	jaeger162(t, p, badger...)
	c.compare(t, "to 1.62 "+encoding, ours, "http://"+p.at(t, 16686), table, golden.Ours)
}

// kafkaDifferences are all between what goes in, V162, and what comes out, Ours, as
// each shows it.
var kafkaDifferences = []golden.Known{
	{Request: "from 1.62 *", Field: "tags.internal.span.format", V162: "*", Ours: `string "jaeger"`, Why: "it says that the span came to us in Jaeger's model"},
	{Request: "from 1.62 *", Field: "duration", V162: "18446744073709551615", Ours: "0", Why: "a span that ends before it starts is mended"},
	{Request: "from *", Field: "trace.warnings", V162: "null", Ours: `["the root span is not here"]`, Why: "a part of a trace is marked"},
	{Request: "from *", Field: "warnings", V162: `["invalid parent span IDs=*`, Ours: `["the parent span * is not here"]`, Why: "clock skew is not what is wrong with it"},
	{Request: "from *", Field: "warnings", V162: `["clock skew adjustment disabled; *`, Ours: "null", Why: "clock skew is not what is wrong with it"},
	{Request: "from *", Field: "warnings", V162: "*", Ours: `["the span ended before it started: *`, Why: "what was mended is said in other words"},
	{Request: "from 2.13 *", Field: "warnings", V162: `["Negative duration detected, *`, Ours: "null", Why: "v2 mends a span that has no duration when it is shown"},
	{Request: "from 1.62 *", Field: "warnings", V162: "null", Ours: `["text that is not UTF-8: *`, Why: "what was mended is said"},
	{Request: "from 2.13 *", Field: "warnings", V162: "null", Ours: `["the span's service has no name"]`, Why: "what was mended is said"},
	{Request: "from 2.13 *", Field: "warnings", V162: "null", Ours: `["text that is not UTF-8: *`, Why: "what was mended is said"},
	{Request: "from *", Field: "tags.text.not_utf8", V162: "*", Ours: "string *", Why: "1.62 puts a mark for each byte that is not UTF-8, v2 makes bytes of it, we put one for several"},
	{Request: "from *", Field: "references", V162: `*"spanID":"0000000000000001"*`, Ours: "*", Why: "below an id that client and server share, a child of the client's service is the client's"},
	{Request: "from 2.13 otlp_*", Field: "tags.internal.span.format", V162: "", Ours: `string "*"`, Why: "v2 has no formats"},
	{Request: "from 2.13 *", Field: "tags", V162: "[]", Ours: "", Why: "that tag is there"},
	{Request: "from 2.13 jaeger_*", Field: "tags.internal.span.format", V162: "", Ours: `string "jaeger"`, Why: "v2 has no formats"},
	{Request: "from 2.13 *", Field: "process.serviceName", V162: "*", Ours: "*", Why: "v2 changes names of services that are none after it has read them"},
	{Request: "from 2.13 jaeger_*", Field: "tags.twice", V162: "int64 3", Ours: "int64 3 + *", Why: "of tags with the same key v2 keeps the last when it reads"},
	{Request: "from 2.13 jaeger_*", Field: "tags.span.kind", V162: `string "internal"`, Ours: `string "client" + string "internal"`, Why: "of tags with the same key v2 keeps the last when it reads"},
	{Request: "from 2.13 jaeger_*", Field: "tags.error", V162: "*", Ours: "*", Why: "v2 makes an error of a status of HTTP, and one tag of two, when it reads"},
	{Request: "from 2.13 jaeger_*", Field: "tags.otel.status_code", V162: `string "ERROR"`, Ours: "", Why: "v2 makes an error of a status of HTTP when it reads"},

	{Request: "to *", Field: "tags.internal.span.format", V162: "*", Ours: "", Why: "that is said by who receives the span, and no part of it"},
	{Request: "to *", Field: "trace.warnings", V162: `["the root span is not here"]`, Ours: "null", Why: "only we mark a part of a trace"},
	{Request: "to *", Field: "warnings", V162: "*", Ours: `*["invalid parent span IDs=*`, Why: "Jaeger's words"},
	{Request: "to *", Field: "warnings", V162: "null", Ours: `["clock skew adjustment disabled; *`, Why: "Jaeger's words"},
	{Request: "to 2.13 *", Field: "warnings", V162: "*", Ours: `*Negative duration detected, *`, Why: "v2 mends a span that has no duration"},
	{Request: "to 2.13 *", Field: "warnings", V162: `["*"]`, Ours: "null", Why: "v2 knows no warnings of spans in Jaeger's model"},
	{Request: "to *", Field: "references", V162: "*", Ours: `*"spanID":"0000000000000001"*`, Why: "below an id that client and server share, a child of the client's service is the client's"},
	{Request: "to 1.62 *", Field: "tags.*minus_zero", V162: "float64 -0", Ours: "float64 0", Why: "1.62 loses the sign of zero when it stores"},
	{Request: "to 2.13 *", Field: "flags", V162: "*", Ours: "", Why: "v2 drops Jaeger's flags"},
	{Request: "to *", Field: "tags", V162: "", Ours: "[]", Why: "without the tag of the format there is none"},
	{Request: "to 2.13 otlp_*", Field: "process.serviceName", V162: `"7"`, Ours: `"service-name-wrong-type"`, Why: "a number names a service as well as text"},
	{Request: "to 2.13 otlp_*", Field: "tags.span.kind", V162: `string "*"`, Ours: `string "*" + string "*"`, Why: "of a span in Jaeger's model the kind is a field and a tag, and v2 shows both"},
	{Request: "to 2.13 *", Field: "tags.error", V162: "*", Ours: "*bool true*", Why: "v2 makes a tag of the status, a status of a tag or of a status of HTTP, and one tag of two"},
	{Request: "to 2.13 *", Field: "tags.otel.status_code", V162: "", Ours: `string "ERROR"`, Why: "as above"},
	{Request: "to 2.13 jaeger_*", Field: "process.tags.hostname", V162: `string "host-1"`, Ours: "", Why: "v2 renames what comes in Jaeger's model"},
	{Request: "to 2.13 jaeger_*", Field: "process.tags.host.name", V162: "", Ours: `string "host-1"`, Why: "v2 renames what comes in Jaeger's model"},
	{Request: "to 2.13 jaeger_*", Field: "process.tags.jaeger.version", V162: `string "*"`, Ours: "", Why: "v2 renames what comes in Jaeger's model"},
	{Request: "to 2.13 jaeger_*", Field: "process.tags.opencensus.exporterversion", V162: "", Ours: `string "Jaeger-*"`, Why: "v2 renames what comes in Jaeger's model"},
	{Request: "to 2.13 jaeger_*", Field: "tags.twice", V162: "* + *", Ours: "*", Why: "of tags with the same key v2 keeps the last"},
	{Request: "to 2.13 jaeger_*", Field: "tags.span.kind", V162: `string "client" + string "internal"`, Ours: `string "internal"`, Why: "of tags with the same key v2 keeps the last"},
	{Request: "to 2.13 jaeger_*", Field: "logs.fields.text", V162: "* + *", Ours: "*", Why: "of fields with the same key v2 keeps the last"},
	{Request: "to *", Field: "tags.otel.dropped_*_count", V162: "", Ours: "int64 *", Why: "OTLP's counts are tags in Jaeger's model"},
}
