// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/ext"

	"github.com/go-spur/spur"
)

// order is a message of the queue. Its headers carry the trace.
type order struct {
	items   []string
	headers map[string]string
}

func (o order) inject(tracer *spur.Tracer, span *spur.Span) error {
	return tracer.Inject(span.Context(), opentracing.TextMap, opentracing.TextMapCarrier(o.headers))
}

// perTour is how many orders go with one van.
const perTour = 3

// delivery is a queue and who works on it.
type delivery struct {
	tracer *spur.Tracer
	luck   *luck
	store  string
	orders chan order
	packed []opentracing.SpanContext
	done   chan struct{}
}

func startDelivery(tracer *spur.Tracer, luck *luck, store string) *delivery {
	d := &delivery{tracer: tracer, luck: luck, store: store, orders: make(chan order, 1000), done: make(chan struct{})}
	go d.work()
	return d
}

// close returns when the queue is empty. Nobody may send any more.
func (d *delivery) close() {
	close(d.orders)
	<-d.done
}

func (d *delivery) work() {
	defer close(d.done)
	for o := range d.orders {
		d.deliver(o)
	}
}

// deliver packs an order. It follows the span that sent it, which does not wait.
func (d *delivery) deliver(o order) {
	sent, _ := d.tracer.Extract(opentracing.TextMap, opentracing.TextMapCarrier(o.headers)) // nil when there is none
	ctx, span := d.tracer.Start(context.Background(), "deliver order", ext.SpanKindConsumer, opentracing.FollowsFrom(sent))
	defer span.Finish()
	span.SetString("items", strings.Join(o.items, ","))
	if _, err := get(ctx, http.MethodGet, d.store+"/addresses/"+span.BaggageItem("customer")); err != nil {
		span.SetError(err)
		return
	}
	for _, item := range o.items {
		_, pack := d.tracer.Start(ctx, "pack")
		pack.SetString("item", item).Finish()
	}
	d.packed = append(d.packed, span.Context())
	if len(d.packed) == perTour {
		d.drive()
	}
}

// drive takes what is packed to the customers: a trace of its own, with links to the
// orders.
func (d *delivery) drive() {
	var links spur.Links
	links, d.packed = d.packed, nil
	span := d.tracer.StartSpan("drive tour", links)
	defer span.Finish()
	span.SetTag("orders", len(links))
	for _, stop := range links {
		handOver := d.tracer.StartSpan("hand over", opentracing.ChildOf(span.Context()), spur.Link(stop))
		d.luck.work(2, 6)
		handOver.Finish()
	}
}
