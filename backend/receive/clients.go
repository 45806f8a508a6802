// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

// Clients collects what clients of Jaeger's say of the spans that they lost before
// they sent anything. Its methods may be called from any goroutine; a nil Clients
// collects nothing.
type Clients struct {
	log                         *slog.Logger
	received, sent              prometheus.Counter
	queueFull, tooLarge, failed prometheus.Counter

	mu     sync.Mutex
	byID   map[string]*client
	swept  time.Time // when those that are gone were last looked for
	logged time.Time // when a loss was last logged
}

// client is a Client with where its counts began.
type client struct {
	trace.Client
	first int64 // number of the first batch that came
}

// NewClients returns an empty one. It counts in reg, which may be nil, under the
// names of Jaeger's agent, and logs once in a while which service loses spans.
func NewClients(reg prometheus.Registerer, log *slog.Logger) *Clients {
	c := &Clients{log: log, byID: map[string]*client{}}
	with := promauto.With(reg)
	counter := func(name, help string, labels prometheus.Labels) prometheus.Counter {
		return with.NewCounter(prometheus.CounterOpts{Name: "jaeger_agent_client_stats_" + name, Help: help, ConstLabels: labels})
	}
	const dropped = "Spans that clients say they lost, since they were first heard of."
	c.received = counter("batches_received_total", "Batches that came from clients that count them.", nil)
	c.sent = counter("batches_sent_total", "Batches that these clients say they sent.", nil)
	c.queueFull = counter("spans_dropped_total", dropped, prometheus.Labels{"cause": "full-queue"})
	c.tooLarge = counter("spans_dropped_total", dropped, prometheus.Labels{"cause": "too-large"})
	c.failed = counter("spans_dropped_total", dropped, prometheus.Labels{"cause": "send-failure"})
	with.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jaeger_agent_client_stats_connected_clients", Help: "Clients that were heard of lately.",
	}, func() float64 { return float64(len(c.List())) })
	return c
}

// add takes what b says of its client.
func (c *Clients) add(b *wire.Batch) {
	if c == nil || b.Stats == nil || !b.HasSeqNo || b.SeqNo < 0 {
		return
	}
	id := processTag(b.Process, "client-uuid")
	if id == "" {
		return
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.byID[id]
	if known == nil {
		if c.sweep(now); len(c.byID) >= maxClients {
			return
		}
		service := b.Process.Service[:min(len(b.Process.Service), maxClientText)]
		known = &client{trace.Client{
			ID: strings.Clone(id), Service: strings.ToValidUTF8(service, "�"), Host: strings.Clone(processTag(b.Process, "hostname")),
		}, b.SeqNo}
		if b.SeqNo > 1 { // it lost these before
			known.QueueFull = max(b.Stats.FullQueueDroppedSpans, 0)
			known.TooLarge = max(b.Stats.TooLargeDroppedSpans, 0)
			known.Failed = max(b.Stats.FailedToEmitSpans, 0)
		}
		c.byID[known.ID] = known
	}
	known.Seen = now
	known.Received++
	c.received.Inc()
	raise(&known.Sent, b.SeqNo-known.first+1, c.sent)
	before := known.Lost()
	raise(&known.QueueFull, b.Stats.FullQueueDroppedSpans, c.queueFull)
	raise(&known.TooLarge, b.Stats.TooLargeDroppedSpans, c.tooLarge)
	raise(&known.Failed, b.Stats.FailedToEmitSpans, c.failed)
	if lost := known.Lost() - before; lost > 0 && now.Sub(c.logged) > logEvery {
		c.logged = now
		c.log.Warn("a client loses spans before it sends them", "service", known.Service, "host", known.Host, "client", id,
			"queue_full", known.QueueFull, "too_large", known.TooLarge, "failed", known.Failed)
	}
}

// raise sets a total, which never falls: datagrams overtake each other.
func raise(total *int64, now int64, counter prometheus.Counter) {
	if now > *total {
		counter.Add(float64(now - *total))
		*total = now
	}
}

// sweep forgets, now and then, the clients that were not heard of for long.
func (c *Clients) sweep(now time.Time) {
	if now.Sub(c.swept) < sweepClients {
		return
	}
	c.swept = now
	for id, known := range c.byID {
		if now.Sub(known.Seen) > forgetClient {
			delete(c.byID, id)
		}
	}
}

// List returns the clients, those that lost most first.
func (c *Clients) List() []trace.Client {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep(time.Now())
	list := make([]trace.Client, 0, len(c.byID))
	for _, known := range c.byID {
		list = append(list, known.Client)
	}
	slices.SortFunc(list, func(a, b trace.Client) int {
		return cmp.Or(cmp.Compare(b.Lost(), a.Lost()), cmp.Compare(a.Service, b.Service), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// processTag returns a tag of p, or "" when it is no text or a long one.
func processTag(p *model.Process, key string) string {
	for _, t := range p.Tags {
		if t.Key == key && len(t.Value.Str()) <= maxClientText && utf8.ValidString(t.Value.Str()) {
			return t.Value.Str()
		}
	}
	return ""
}
