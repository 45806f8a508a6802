// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/go-spur/spur/model"
)

// load is the spans that every backend gets: traces of a shop, numbered from 0.
// Trace n is the same whenever and however often it is made.
type load struct {
	first     time.Time // when trace 0 starts
	every     time.Duration
	processes []*model.Process
}

// services are what traces walk through, each with its operations.
var services = [][]string{
	{"frontend", "GET /", "GET /product/{id}", "GET /cart", "POST /cart", "POST /checkout", "GET /search"},
	{"checkout", "Checkout/Place", "Checkout/Quote", "Checkout/Status"},
	{"cart", "Cart/Get", "Cart/Add", "Cart/Empty"},
	{"catalog", "Catalog/List", "Catalog/Get", "Catalog/Search"},
	{"payment", "Payment/Charge", "Payment/Refund"},
	{"shipping", "Shipping/Quote", "Shipping/Ship"},
	{"currency", "Currency/Convert", "Currency/Supported"},
	{"users", "Users/Get", "Users/Login"},
	{"stock", "SELECT stock", "UPDATE stock", "INSERT orders"},
	{"mail", "Mail/Send"},
}

// newLoad returns traces that start one after the other in the hour before now.
func newLoad(now time.Time, traces int) *load {
	l := &load{first: now.Add(-time.Hour), every: time.Hour / time.Duration(max(traces, 1))}
	for i, s := range services {
		l.processes = append(l.processes, &model.Process{Service: s[0], Tags: []model.Tag{
			text("hostname", fmt.Sprintf("%s-7d9f8b6c5d-%05d", s[0], i*7919)),
			text("ip", fmt.Sprintf("10.1.%d.17", i)),
			text("service.version", fmt.Sprintf("1.%d.3", i)),
			text("deployment.environment", "production"),
			text("jaeger.version", "Go-2.30.0"),
		}})
	}
	return l
}

func text(k, v string) model.Tag         { return model.Tag{Key: k, Value: model.String(v)} }
func number(k string, v int64) model.Tag { return model.Tag{Key: k, Value: model.Int64(v)} }

// mix is a hash of n whose bits are all as good as random (splitmix64).
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

func (l *load) id(n int) model.TraceID {
	return model.TraceID{High: mix(uint64(n)<<1 | 1), Low: mix(uint64(n) << 1)}
}

// user is the value of user.id in trace n: one of 5,000.
func user(n int) string { return fmt.Sprintf("user-%04d", mix(uint64(n))%5000) }

// shape is how a trace grows.
type shape struct {
	*load
	rng   *rand.Rand
	n     int
	spans []model.Span
}

// trace returns the spans of trace n: 1 to 24, on average 8.
func (l *load) trace(n int) []model.Span {
	s := &shape{load: l, rng: rand.New(rand.NewPCG(1, uint64(n))), n: n}
	start := l.first.Add(time.Duration(n) * l.every)
	took := time.Duration(math.Exp(s.rng.NormFloat64()) * float64(80*time.Millisecond))
	s.call(0, 0, 0, start, took)
	return s.spans
}

// call adds the span of a call of a service, and its calls of others in turn.
func (s *shape) call(service, depth int, parent model.SpanID, start time.Time, took time.Duration) {
	n := len(s.spans)
	id := model.SpanID(mix(uint64(s.n)<<8 | uint64(n)))
	s.spans = append(s.spans, s.span(service, id, parent, start, took))
	if depth == 3 {
		return
	}
	children := []int{3, 2, 1}[depth]
	for range children {
		if len(s.spans) == 24 || depth > 0 && s.rng.IntN(2) == 0 {
			continue
		}
		part := took / time.Duration(children+1)
		s.call(1+s.rng.IntN(len(services)-1), depth+1, id, start, part)
		start = start.Add(part)
	}
}

// span has what the clients of a busy service record: about a dozen tags, and
// now and then a log.
func (s *shape) span(service int, id, parent model.SpanID, start time.Time, took time.Duration) model.Span {
	r := s.rng
	operations := services[service][1:]
	operation := operations[r.IntN(len(operations))]
	span := model.Span{
		Context:   model.Context{TraceID: s.id(s.n), SpanID: id, ParentID: parent, Flags: model.FlagSampled},
		Operation: operation, Start: start.UnixNano(), Duration: took, Process: s.processes[service],
	}
	status := int64(200)
	if r.IntN(50) == 0 {
		status = 500
	}
	span.Tags = []model.Tag{
		text("span.kind", "server"),
		text("component", "net/http"),
		text("http.method", "GET"),
		text("http.url", fmt.Sprintf("https://shop.example.com/api/v2/%s/%d?currency=EUR", services[service][0], r.IntN(100_000))),
		number("http.status_code", status),
		text("peer.ipv4", fmt.Sprintf("10.2.%d.%d", r.IntN(4), r.IntN(250))),
		number("peer.port", int64(32768+r.IntN(20_000))),
		text("user.id", user(s.n)),
		text("request.id", fmt.Sprintf("%016x", r.Uint64())),
		text("tier", []string{"free", "plus", "business"}[r.IntN(3)]),
		{Key: "cache.hit", Value: model.Bool(r.IntN(2) == 0)},
	}
	if parent == 0 {
		span.Tags = append(span.Tags, text("sampler.type", "const"), model.Tag{Key: "sampler.param", Value: model.Bool(true)})
	}
	if status == 500 {
		span.Tags = append(span.Tags, model.Tag{Key: "error", Value: model.Bool(true)})
	}
	if services[service][0] == "stock" {
		span.Tags = append(span.Tags, text("db.system", "postgresql"),
			text("db.statement", "SELECT sku, count, reserved FROM stock WHERE sku = $1 AND warehouse = $2 FOR UPDATE"))
	}
	if r.IntN(3) == 0 {
		span.Logs = []model.Log{{Time: start.Add(took / 2).UnixNano(), Fields: []model.Tag{
			text("event", "retry"), text("message", "upstream answered late, asking once more"), number("attempt", int64(r.IntN(3))),
		}}}
	}
	return span
}
