// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/e2e/live/emit"
	"github.com/go-spur/spur/backend/internal/golden"
)

// TestClients: of what a real client sends, all-in-one shows what a Jaeger 1.62
// shows of the same, but for what golden.Differences lists. Clients that send the
// same spans, zipped say, are compared with one answer.
func TestClients(t *testing.T) {
	jaeger := startJaeger(t)
	shown := map[string]golden.Facts{} // by the names of services
	for _, s := range emit.Senders("./node.sh", scripts+"/collector.sh") {
		t.Run(s.Name, func(t *testing.T) {
			ours := startOurs(t)
			send(t, s, ours)
			got := ours.await(t, s)
			if s.Unshown {
				return // that all its spans are there is more than Jaeger can show
			}
			services := strings.Join(s.Services, ", ")
			if shown[services] == nil {
				send(t, s, jaeger)
				shown[services] = jaeger.await(t, s)
			}
			compare(t, s.Name, shown[services], got)
		})
	}
}

// compare fails the test when ours does not show what Jaeger does.
func compare(t *testing.T, name string, jaeger, ours golden.Facts) {
	t.Helper()
	table := golden.NewTable()
	for _, d := range golden.Compare(name, jaeger, ours) {
		if !table.Explains(golden.Ours, d) {
			t.Error(d)
		}
	}
}

func send(t *testing.T, s emit.Sender, to *receiver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := s.Send(ctx, to.wires[s.Wire])
	if errors.Is(err, emit.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("sending to %s: %v", to.name, err)
	}
}

// receiver is all-in-one or a Jaeger.
type receiver struct {
	name         string
	query        string // base URL
	sampling     string // URL
	agents       string // host:port that agents send to
	samplingGRPC string // host:port
	wires        map[emit.Wire]string
}

// await waits until the receiver has all spans of a sender, and returns what it
// shows of them.
func (r *receiver) await(t *testing.T, s emit.Sender) golden.Facts {
	t.Helper()
	facts := golden.Facts{}
	await(t, func() (bool, any) {
		clear(facts)
		for _, service := range s.Services {
			maps.Copy(facts, r.traces(t, service))
		}
		spans := 0
		for f, value := range facts {
			switch {
			case f.Field == "operationName":
				spans++
			case f.Place == "answer": // of one service among several, perhaps before its spans came
				delete(facts, f)
			case f.Field == "process.tags.client-uuid":
				facts[f] = "one"
			case f.Field == "logs.timestamp" && value > "1795867300": // Node's client logs baggage when it is set
				facts[f] = "now"
			}
		}
		return spans == s.Spans, fmt.Sprintf("%s shows %d spans of %v, not %d", r.name, spans, s.Services, s.Spans)
	})
	return facts
}

// traces is what the receiver answers to a search for a service's traces.
func (r *receiver) traces(t *testing.T, service string) golden.Facts {
	t.Helper()
	// An hour before and after what senders send.
	return r.search(t, service, time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC))
}

// recent is the same of spans of this hour.
func (r *receiver) recent(t *testing.T, service string) golden.Facts {
	t.Helper()
	return r.search(t, service, time.Now())
}

func (r *receiver) search(t *testing.T, service string, at time.Time) golden.Facts {
	t.Helper()
	status, contentType, body := get(t, r.query+"/api/traces?"+query("service", service, "limit", "1000",
		"start", fmt.Sprint(at.Add(-time.Hour).UnixMicro()), "end", fmt.Sprint(at.Add(time.Hour).UnixMicro())))
	return golden.FactsOf(status, contentType, body)
}
