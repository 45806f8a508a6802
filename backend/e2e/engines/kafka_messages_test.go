// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"context"
	"flag"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/receive"
)

var update = flag.Bool("update", false, "rewrite the messages in store/kafka/testdata")

// kept are the files of the corpus of which messages are kept: one of each wire, and two
// with ids of 64 bits.
var kept = []string{
	"jaegergo-compact-values.bin", "node-binary-values.bin", "spur-compact-64bit.bin", "spur-http-values.bin",
	"otelgo-64bit.pb", "otelgo-values.pb", "oteljs-values.pb", "zipkingo-shared.v2.json",
}

// TestKafkaMessages: the messages in store/kafka/testdata are what real Jaegers write. With
// -update it writes them anew.
func TestKafkaMessages(t *testing.T) {
	c := load(t)
	c.sent = slices.DeleteFunc(c.sent, func(d golden.Delivery) bool { return !slices.Contains(kept, path.Base(d.File)) })
	for _, writer := range []string{
		"jaeger-1.62 protobuf", "jaeger-1.62 json",
		"jaeger-2.13 otlp_proto", "jaeger-2.13 otlp_json", "jaeger-2.13 jaeger_proto", "jaeger-2.13 jaeger_json",
	} {
		t.Run(writer, func(t *testing.T) {
			version, encoding, _ := strings.Cut(writer, " ")
			kafka, topic := newTopic(t)
			p := ports{}
			if version == "jaeger-1.62" {
				jaeger162(t, p, "SPAN_STORAGE_TYPE=memory,kafka", "KAFKA_PRODUCER_BROKERS="+kafka, "KAFKA_PRODUCER_TOPIC="+topic, "KAFKA_PRODUCER_ENCODING="+encoding)
			} else {
				jaeger213(t, p, kafka, topic, topic+"-other", encoding)
			}
			c.send(t, func(port int) string { return p.at(t, port) })
			written := messagesOf(t, kafka, topic, encoding)
			file := "../../store/kafka/testdata/" + version + "-" + encoding + ".jsonl"
			if *update {
				if err := golden.WriteMessages(file, written); err != nil {
					t.Fatal(err)
				}
			}
			want, err := golden.ReadMessages(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range golden.Compare(writer, factsOf(t, encoding, want), factsOf(t, encoding, written)) {
				t.Errorf("not as before: %v", d)
			}
		})
	}
}

// keptSpans is how many are in the kept files.
const keptSpans = 58

// messagesOf reads a topic until it has the spans of the kept files. It returns the messages
// in the order of their bytes.
func messagesOf(t *testing.T, kafka, topic, encoding string) (all []golden.Message) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka), kgo.ConsumeTopics(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for spans := 0; spans != keptSpans; {
		for _, r := range client.PollFetches(ctx).Records() {
			all = append(all, golden.Message{Key: string(r.Key), Value: r.Value})
		}
		if spans = decoded(t, encoding, all).SpanCount(); ctx.Err() != nil || spans > keptSpans {
			t.Fatalf("%d messages with %d spans, want %d", len(all), spans, keptSpans)
		}
	}
	slices.SortFunc(all, func(a, b golden.Message) int { return bytes.Compare(a.Value, b.Value) })
	return all
}

func decoded(t *testing.T, encoding string, messages []golden.Message) ptrace.Traces {
	t.Helper()
	m, err := receive.NewMessages(encoding)
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range messages {
		if _, refused, err := m.Add(one.Value); err != nil || len(refused) > 0 {
			t.Fatalf("message %d, %q: %v, %v", i, one.Key, refused, err)
		}
	}
	return m.Take()
}

func factsOf(t *testing.T, encoding string, messages []golden.Message) golden.Facts {
	t.Helper()
	b, err := new(ptrace.JSONMarshaler).MarshalTraces(decoded(t, encoding, messages))
	if err != nil {
		t.Fatal(err)
	}
	return golden.FactsOf(http.StatusOK, "application/json", slices.Concat([]byte(`{"result":`), b, []byte(`}`)))
}
