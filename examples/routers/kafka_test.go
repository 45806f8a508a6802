// SPDX-License-Identifier: Apache-2.0

package routers

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/spurtest"
)

func TestKafka(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics("orders"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	tracer, spans := spurtest.New(t)

	ctx, span := tracer.Start(t.Context(), "order")
	span.SetBaggageItem("customer", "ada")
	record := &kgo.Record{Topic: "orders", Value: []byte("tea"), Headers: []kgo.RecordHeader{{Key: "kind", Value: []byte("drink")}}}
	if err := Produce(ctx, tracer, client, record); err != nil {
		t.Fatal(err)
	}
	span.Finish()

	fetched := client.PollRecords(t.Context(), 1)
	if err := fetched.Err(); err != nil {
		t.Fatal(err)
	}
	got := fetched.Records()[0]
	if string(got.Value) != "tea" || got.Headers[0].Key != "kind" {
		t.Errorf("received %+v", got)
	}
	_, span = Consume(context.Background(), spans.Tracer("worker"), got)
	if customer := span.BaggageItem("customer"); customer != "ada" {
		t.Errorf("customer %q", customer)
	}
	span.Finish()
	spans.AssertTree(t, `
		test: order
		  @ event=baggage key=customer value=ada
		  test: send orders  span.kind=producer
		    worker: process orders  (follows from)  span.kind=consumer
	`, spurtest.WithoutTimes())
}
