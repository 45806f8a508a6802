// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/server"
)

// TestKafkaKilled: the broker and an ingester are killed while spans are written, and
// started again. All that the collector took is stored, each span once.
func TestKafkaKilled(t *testing.T) {
	kafka, topic := newTopic(t)
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "../../cmd/collector", "../../cmd/ingester").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	p, data := ports{}, t.TempDir()
	launch(t, []string{"SPAN_STORAGE_TYPE=kafka", "KAFKA_PRODUCER_BROKERS=" + kafka, "KAFKA_PRODUCER_TOPIC=" + topic}, filepath.Join(bin, "collector"),
		"--collector.otlp.http.host-port="+p.at(t, 4318), "--collector.otlp.grpc.host-port="+p.at(t, 4317), "--collector.http-server.host-port="+p.at(t, 14268),
		"--collector.grpc-server.host-port="+p.at(t, 14250), "--sampling.grpc-server.host-port="+p.at(t, 5779), "--admin.http.host-port="+p.at(t, 14269))
	ingester := func() *process {
		return launch(t, []string{"KAFKA_CONSUMER_BROKERS=" + kafka, "KAFKA_CONSUMER_TOPIC=" + topic, "KAFKA_CONSUMER_GROUP_ID=" + topic},
			filepath.Join(bin, "ingester"), "--data="+data, "--admin.http.host-port="+p.at(t, 14270))
	}
	first := ingester()
	answers(t, "http://"+p.at(t, 14269)+"/")
	answers(t, "http://"+p.at(t, 14270)+"/")

	const batches, spans = 300, 100
	restarted := make(chan error, 1)
	for i := range batches {
		post(t, "http://"+p.at(t, 4318)+"/v1/traces", batchOf(i, spans))
		switch i {
		case batches / 3:
			if err := exec.Command("./kafka.sh", "kill").Run(); err != nil {
				t.Fatal(err)
			}
			go func() { restarted <- exec.Command("./kafka.sh", "start").Run() }()
		case batches * 2 / 3:
			if err := <-restarted; err != nil {
				t.Fatal(err)
			}
			first.end(syscall.SIGKILL)
			ingester()
		}
	}
	q := config.Default(config.Query)
	q.Data = data
	api := "http://" + start(t, q).Addr(server.Query)
	var got struct{ Store struct{ Spans int } }
	await(t, "all spans are stored", 90*time.Second, func() bool {
		_, _, body := get(api + "/api/status")
		return json.Unmarshal(body, &got) == nil && got.Store.Spans >= batches*spans
	})
	if got.Store.Spans != batches*spans {
		t.Errorf("%d spans are stored, want %d", got.Store.Spans, batches*spans)
	}
	for i := range batches {
		id := traceOf(i)
		_, _, body := get(fmt.Sprintf("%s/api/traces/%x", api, id[:]))
		var answer struct{ Data []struct{ Spans []any } }
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 1 || len(answer.Data[0].Spans) != spans {
			t.Fatalf("trace %x: %.200s", id, body)
		}
	}
}

func traceOf(i int) (id [16]byte) {
	binary.BigEndian.PutUint64(id[:], 1)
	binary.BigEndian.PutUint64(id[8:], uint64(i+1))
	return id
}

func batchOf(i, spans int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	list := rs.ScopeSpans().AppendEmpty().Spans()
	for n := range spans {
		s := list.AppendEmpty()
		s.SetTraceID(traceOf(i))
		s.SetSpanID([8]byte{0: 1, 6: byte(n >> 8), 7: byte(n)})
		s.SetName("pay")
		s.SetStartTimestamp(1_796_000_000_000_000_000)
		s.SetEndTimestamp(1_796_000_000_001_000_000)
	}
	return td
}

// post sends spans until they are taken, as senders of OTLP do.
func post(t *testing.T, url string, td ptrace.Traces) {
	t.Helper()
	body, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	await(t, "spans are taken", 60*time.Second, func() bool {
		answer, err := http.Post(url, "application/x-protobuf", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}
