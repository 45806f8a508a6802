// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

func batchOf(id string, seq int64, stats *wire.ClientStats) *wire.Batch {
	return &wire.Batch{
		Process: &model.Process{Service: "checkout", Tags: []model.Tag{
			{Key: "hostname", Value: model.String("host-1")}, {Key: "client-uuid", Value: model.String(id)},
		}},
		SeqNo: seq, HasSeqNo: true, Stats: stats,
	}
}

// TestClients: totals are summed over clients, and fall for nobody.
func TestClients(t *testing.T) {
	reg := prometheus.NewRegistry()
	var log bytes.Buffer
	c := NewClients(reg, slog.New(slog.NewTextHandler(&log, nil)))
	for _, b := range []*wire.Batch{
		batchOf("a", 100, &wire.ClientStats{}),
		batchOf("a", 103, &wire.ClientStats{FullQueueDroppedSpans: 5, TooLargeDroppedSpans: 1}), // two on the way were lost
		batchOf("a", 102, &wire.ClientStats{FullQueueDroppedSpans: 2}),                          // overtaken
		batchOf("b", 1, &wire.ClientStats{FailedToEmitSpans: 7}),
		batchOf("b", -1, &wire.ClientStats{FailedToEmitSpans: 9}),
		batchOf("c", 1, nil),
		batchOf("", 1, &wire.ClientStats{FailedToEmitSpans: 9}),
		batchOf(strings.Repeat("x", 1000), 1, &wire.ClientStats{FailedToEmitSpans: 9}),
		batchOf("\xff", 1, &wire.ClientStats{FailedToEmitSpans: 9}),
	} {
		c.add(b)
	}
	var got []string
	for _, each := range c.List() {
		got = append(got, fmt.Sprint(each.ID, each.Service, each.Host, each.Sent, each.Received, each.QueueFull, each.TooLarge, each.Failed))
	}
	want := []string{"bcheckouthost-11 1 0 0 7", "acheckouthost-14 3 5 1 0"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
	for name, want := range map[string]float64{
		"jaeger_agent_client_stats_batches_received_total": 4, "jaeger_agent_client_stats_batches_sent_total": 5,
		"jaeger_agent_client_stats_connected_clients": 2, "jaeger_agent_client_stats_spans_dropped_total": 13,
	} {
		if got := metric(t, reg, name); got != want {
			t.Errorf("%s is %v, not %v", name, got, want)
		}
	}
	if n := strings.Count(log.String(), "loses spans"); n != 1 || !strings.Contains(log.String(), "service=checkout") {
		t.Errorf("%d lines: %s", n, log.String())
	}
	(*Clients)(nil).add(batchOf("a", 1, &wire.ClientStats{}))
}

// TestClientsBefore: what a client lost before it was heard of is known, and is not
// counted: another has counted it, or the same before a restart.
func TestClientsBefore(t *testing.T) {
	reg := prometheus.NewRegistry()
	var log bytes.Buffer
	c := NewClients(reg, slog.New(slog.NewTextHandler(&log, nil)))
	c.add(batchOf("a", 100, &wire.ClientStats{FullQueueDroppedSpans: 50, FailedToEmitSpans: -1}))
	if log.Len() > 0 {
		t.Error(log.String())
	}
	c.add(batchOf("a", 103, &wire.ClientStats{FullQueueDroppedSpans: 53}))
	const name = "jaeger_agent_client_stats_spans_dropped_total"
	if got, list := metric(t, reg, name), c.List(); got != 3 || list[0].Lost() != 53 {
		t.Errorf("%s is %v, and %+v", name, got, list)
	}
}

// TestClientsBounded: no more clients are remembered than maxClients, and those
// that are gone make room.
func TestClientsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClients(nil, quiet)
		for n := range maxClients + 10 {
			c.add(batchOf(fmt.Sprint(n), 1, &wire.ClientStats{}))
		}
		if n := len(c.List()); n != maxClients {
			t.Errorf("%d clients", n)
		}
		time.Sleep(forgetClient + sweepClients)
		c.add(batchOf("new", 1, &wire.ClientStats{}))
		if list := c.List(); len(list) != 1 || list[0].ID != "new" {
			t.Errorf("%d clients after they were silent", len(list))
		}
	})
}

// TestUDPClients: what a datagram of spur's says of its client is known.
func TestUDPClients(t *testing.T) {
	s, clients := newSink(), NewClients(nil, quiet)
	u := NewUDP(listenUDP(t), Compact, s, clients, nil, quiet)
	serve(t, u)
	b := wire.AppendCompactMessageHead(nil, 1, wire.AppendCompactProcess(nil, batchOf("1f", 1, nil).Process), 0)
	b = wire.AppendCompactMessageTail(b, 4, &wire.ClientStats{FullQueueDroppedSpans: 6})
	if err := u.take(b); err != nil {
		t.Fatal(err)
	}
	if list := clients.List(); len(list) != 1 || list[0].QueueFull != 6 || list[0].ID != "1f" {
		t.Errorf("%+v", list)
	}
}
