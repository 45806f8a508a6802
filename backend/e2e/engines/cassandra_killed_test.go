// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/server"
)

// TestCassandraKilled: Cassandra is killed twice while spans are written, and started
// again. All that the collector took is stored, each span once; what it had said to be
// stored before a kill, too, since it is not written again: the server
// acknowledges what is in its log (commitlog_sync: batch).
func TestCassandraKilled(t *testing.T) {
	const keyspace, batches, spans = "e2e_killed", 400, 100
	execute(t, cql(t), "DROP KEYSPACE IF EXISTS "+keyspace)
	s, _ := ours(t, keyspace, nil)
	api := "http://" + s.Addr(server.Query)
	for i := range batches {
		post(t, "http://"+s.Addr(server.OTLPHTTP)+"/v1/traces", batchOf(i, spans))
	}
	stored := func() int { return statusOf(t, api).Books.Stored }
	for _, share := range []int{batches * spans / 10, batches * spans / 3} {
		await(t, "some are stored", time.Minute, func() bool { return stored() >= share })
		strike(t)
		if n := stored(); n == batches*spans {
			t.Fatal("all spans were stored before Cassandra was killed")
		} else {
			t.Logf("killed when %d spans of %d were stored", n, batches*spans)
		}
		await(t, "the health says that Cassandra is away", time.Minute, func() bool {
			status, _, _ := get("http://" + s.Addr(server.Admin))
			return status == 503
		})
		if out, err := exec.Command("./cassandra.sh", "start").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	begun := time.Now()
	await(t, "all spans are stored", 3*time.Minute, func() bool { return stored() == batches*spans })
	t.Logf("all were stored %v after the start", time.Since(begun).Round(time.Second))
	if b := statusOf(t, api).Books; b.Received != batches*spans || b.Waiting != 0 || len(b.Refused) > 0 {
		t.Errorf("books %+v, want %d received and stored", b, batches*spans)
	}
	for i := range batches {
		id := traceOf(i)
		_, _, body := get(fmt.Sprintf("%s/api/traces/%x", api, id[:]))
		var answer struct{ Data []struct{ Spans []any } }
		if err := json.Unmarshal(body, &answer); err != nil || len(answer.Data) != 1 || len(answer.Data[0].Spans) != spans {
			t.Fatalf("trace %x: %.200s; want %d spans", id, body, spans)
		}
	}
}

// strike kills Cassandra, and waits until its port is free.
func strike(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("./cassandra.sh", "kill").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	await(t, "the port is free", 30*time.Second, func() bool {
		l, err := net.Listen("tcp", os.Getenv("CASSANDRA"))
		if err == nil {
			_ = l.Close()
		}
		return err == nil
	})
}

// status is what the API says of a backend.
type status struct {
	Books struct {
		Received, Stored, Waiting int
		Refused                   map[string]int
	}
}

func statusOf(t *testing.T, api string) (s status) {
	t.Helper()
	_, _, body := get(api + "/api/status")
	if err := json.Unmarshal(body, &s); err != nil {
		t.Fatalf("status: %v: %.200s", err, body)
	}
	return s
}
