// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestChain: services → agent and collectors → Kafka → ingesters → Cassandra and
// OpenSearch → queries. An ingester, a collector and the broker are killed while spans
// flow, and both queries then answer exactly what was sent.
func TestChain(t *testing.T) {
	run := fmt.Sprint("chain", time.Now().Unix())
	host, port, err := net.SplitHostPort(address(t, "CASSANDRA"))
	if err != nil {
		t.Fatal(err)
	}
	broker, c := address(t, "KAFKA_PLAIN"), newChain(t)
	stores := map[string][]string{
		"cassandra": {
			"CASSANDRA_SERVERS=" + host, "CASSANDRA_PORT=" + port, "CASSANDRA_USERNAME=cassandra", "CASSANDRA_PASSWORD=cassandra",
			"CASSANDRA_KEYSPACE=" + run,
		},
		"opensearch": {"ES_SERVER_URLS=" + address(t, "ELASTIC"), "ES_INDEX_PREFIX=" + run, "ES_NUM_SHARDS=1", "ES_NUM_REPLICAS=0"},
	}

	var ingesters, collectors [2]*link
	for i := range ingesters {
		ingesters[i] = c.start("ingester", slices.Concat(stores["cassandra"], stores["opensearch"], []string{
			"SPAN_STORAGE_TYPE=cassandra,opensearch", "CASSANDRA_SCHEMA_CREATE=true",
			"KAFKA_CONSUMER_BROKERS=" + broker, "KAFKA_CONSUMER_TOPIC=" + run, "KAFKA_CONSUMER_GROUP_ID=" + run,
		})...)
	}
	var thrift, grpc, otlp [2]string
	for i := range collectors {
		thrift[i], grpc[i], otlp[i] = freeAddress(t), freeAddress(t), freeAddress(t)
		collectors[i] = c.start("collector", "SPAN_STORAGE_TYPE=kafka", "SPUR_COLLECTOR_ACK_STORED=true",
			"KAFKA_PRODUCER_BROKERS="+broker, "KAFKA_PRODUCER_TOPIC="+run,
			"COLLECTOR_HTTP_SERVER_HOST_PORT="+thrift[i], "COLLECTOR_GRPC_SERVER_HOST_PORT="+grpc[i],
			"COLLECTOR_OTLP_HTTP_HOST_PORT="+otlp[i], "COLLECTOR_OTLP_GRPC_HOST_PORT=127.0.0.1:0", "SAMPLING_GRPC_SERVER_HOST_PORT=127.0.0.1:0")
	}
	compact := freeAddress(t)
	agent := c.start("agent", "REPORTER_GRPC_HOST_PORT="+grpc[0]+","+grpc[1], "SPUR_FORWARD_SPOOL="+t.TempDir(),
		"PROCESSOR_JAEGER_COMPACT_SERVER_HOST_PORT="+compact, "PROCESSOR_JAEGER_BINARY_SERVER_HOST_PORT=127.0.0.1:0", "HTTP_SERVER_HOST_PORT=127.0.0.1:0")
	queries := map[string]string{}
	for store, env := range stores {
		queries[store] = freeAddress(t)
		c.start("query", append(env, "SPAN_STORAGE_TYPE="+store, "QUERY_HTTP_SERVER_HOST_PORT="+queries[store])...)
	}

	s := newShop(t, run, map[string]string{
		"front": "udp://" + compact, "cart": "udp://" + compact,
		"pay": "http://" + thrift[0] + "/api/traces", "stock": "http://" + thrift[1] + "/api/traces",
		"mail": "http://" + otlp[0] + "/v1/traces", "ship": "http://" + otlp[1] + "/v1/traces",
	})
	stop, served := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(served)
		s.serve(stop, 100)
	}()
	arrive := func(more int) { // waits until so many more spans are stored
		stored := func() int {
			return ingesters[0].metric("spur_ingester_spans_stored_total", "") + ingesters[1].metric("spur_ingester_spans_stored_total", "")
		}
		begin := stored()
		eventually(t, 2*time.Minute, "spans arrive", func() bool { return stored() >= begin+more })
	}
	arrive(2000)
	t.Log("the first ingester is killed")
	ingesters[0].end(syscall.SIGKILL)
	ingesters[0].restart()
	arrive(2000)
	t.Log("the first collector is killed")
	collectors[0].end(syscall.SIGKILL)
	arrive(1000)
	collectors[0].restart()
	arrive(2000)
	t.Log("the broker is killed")
	script(t, "kafka.sh", "kill")
	eventually(t, time.Minute, "spans wait in the second collector", func() bool {
		return collectors[1].metric("jaeger_collector_queue_length", "") > 100
	})
	script(t, "kafka.sh", "start")
	arrive(2000)
	close(stop)
	<-served
	s.close()

	balance(t, agent, collectors, ingesters, s.spans)
	for store, at := range queries {
		t.Run(store, func(t *testing.T) { readBack(t, "http://"+at, s) })
	}
	for trace := range maps.Keys(s.sent) {
		shot(t, "http://"+queries["opensearch"]+"/trace/"+trace)
		break
	}
}

// balance waits until nothing is under way, and looks at the books.
func balance(t *testing.T, agent *link, collectors, ingesters [2]*link, sent int) {
	t.Helper()
	eventually(t, time.Minute, "the agent has sent everything", func() bool {
		return agent.metric("jaeger_collector_queue_length", "")+agent.metric("spur_forward_spans_waiting", "") == 0
	})
	received := agent.metric("jaeger_collector_spans_received_total", "")
	if got := agent.metric("spur_forward_spans_sent_total", ""); got != received || received != sent/3 {
		t.Errorf("two of six services sent %d spans, the agent received %d and sent %d", sent/3, received, got)
	}
	if lost := agent.metric("spur_forward_spans_dropped_total", "") + agent.metric("spur_forward_spans_rejected_total", ""); lost != 0 {
		t.Errorf("the agent has lost %d spans", lost)
	}
	for _, c := range collectors {
		eventually(t, time.Minute, c.name+" has written everything", func() bool { return c.metric("jaeger_collector_queue_length", "") == 0 })
		in, out := c.metric("jaeger_collector_spans_received_total", ""), c.metric("jaeger_collector_spans_saved_by_svc_total", `result="ok"`)
		refused := c.metric("spur_collector_spans_refused_total", "")
		t.Logf("%s: received %d = %d in Kafka + %d refused", c.name, in, out, refused)
		if in != out+refused || out == 0 {
			t.Errorf("%s: received %d, in Kafka %d, refused %d", c.name, in, out, refused)
		}
	}
	eventually(t, time.Minute, "everything in Kafka is stored", func() bool {
		lag := 0
		for _, in := range ingesters {
			lag += in.metric("jaeger_ingester_sarama_consumer_offset_lag", "") + in.metric("spur_ingester_spans_waiting", "")
		}
		return lag == 0
	})
	for _, in := range ingesters {
		var books struct{ Received, Stored, Waiting, Balance int }
		ask(t, "http://"+in.admin+"/status", &books)
		t.Logf("%s: %+v, refused %d", in.name, books, in.metric("spur_ingester_spans_refused_total", ""))
		if books.Balance != 0 || in.metric("spur_ingester_dead_letters_total", "") != 0 {
			t.Errorf("%s: %+v", in.name, books)
		}
	}
}

// readBack reads everything back: each trace by its id, and all of them by a search.
func readBack(t *testing.T, query string, s *shop) {
	missing, twice, foreign, spans := 0, 0, 0, 0
	for id, want := range s.sent {
		got := map[string]string{}
		for _, span := range readTrace(t, query, id) {
			spans++
			if got[span.id] != "" {
				twice++
			}
			if want[span.id] != span.service || span.run != s.run {
				foreign++
			}
			got[span.id] = span.service
		}
		for span := range want {
			if got[span] == "" {
				missing++
			}
		}
	}
	if missing+twice+foreign > 0 || spans != s.spans {
		t.Errorf("of %d spans %d are missing, %d are there twice, %d differ; %d in all", s.spans, missing, twice, foreign, spans)
	}
	t.Logf("%d traces with %d spans, by id", len(s.sent), spans)

	found, counted := map[string]int{}, 0
	for cursor := ""; ; {
		var page struct {
			Traces []struct {
				TraceID string
				Spans   int
			}
			Cursor string
			CutAt  *string
		}
		ask(t, query+"/api/search?limit=1000&q="+url.QueryEscape("service:front run="+s.run+" since:1h")+"&cursor="+url.QueryEscape(cursor), &page)
		if page.CutAt != nil {
			t.Fatalf("the search gave up at %s, after %d traces", *page.CutAt, len(found))
		}
		for _, tr := range page.Traces {
			found[tr.TraceID]++
			counted += tr.Spans
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	for id := range s.sent {
		if found[id] != 1 {
			t.Errorf("trace %s is found %d times", id, found[id])
			break
		}
	}
	if len(found) != len(s.sent) || counted != s.spans {
		t.Errorf("a search finds %d traces of %d, with %d spans of %d", len(found), len(s.sent), counted, s.spans)
	}
}

type readSpan struct{ id, service, run string }

// readTrace returns the spans of a trace, from Jaeger's API.
func readTrace(t *testing.T, query, id string) (all []readSpan) {
	t.Helper()
	var answer struct {
		Data []struct {
			Spans []struct {
				SpanID, ProcessID string
				Tags              []struct {
					Key   string
					Value any
				}
			}
			Processes map[string]struct{ ServiceName string }
		}
	}
	ask(t, query+"/api/traces/"+id, &answer)
	for _, tr := range answer.Data {
		for _, span := range tr.Spans {
			r := readSpan{id: span.SpanID, service: tr.Processes[span.ProcessID].ServiceName}
			for _, tag := range span.Tags {
				if tag.Key == "run" {
					r.run = fmt.Sprint(tag.Value)
				}
			}
			all = append(all, r)
		}
	}
	return all
}

// shot makes a picture of a page in the file that CHAIN_SHOT names.
func shot(t *testing.T, page string) {
	file := os.Getenv("CHAIN_SHOT")
	if file == "" {
		return
	}
	out, err := exec.Command(cmp.Or(os.Getenv("CHROMIUM"), "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--window-size=1400,900", "--virtual-time-budget=15000", "--screenshot="+file, page).CombinedOutput()
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
