// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/ingest"
	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/receive"
)

// A message is stored, and then what became of it is known.
func Example() {
	ctx := context.Background()
	kafka, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "jaeger-spans"), kfake.AllowAutoTopicCreation())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer kafka.Close()

	decoder, err := receive.NewMessages("otlp_proto")
	if err != nil {
		fmt.Println(err)
		return
	}
	stored := make(chan int, 1)
	in, err := ingest.Open(ctx, ingest.Config{
		Broker: broker.Config{Addresses: kafka.ListenAddrs()},
		Topic:  "jaeger-spans", Group: "ingesters", Client: "example", Encoding: "otlp_proto", FetchBytes: 1 << 20,
	}, ingest.Deps{
		Decoder:  decoder,
		Validate: collect.Validate,
		Write: func(_ context.Context, td ptrace.Traces) error { // a store's
			stored <- td.SpanCount()
			return nil
		},
	}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		return
	}

	spans, err := new(ptrace.ProtoMarshaler).MarshalTraces(kafkatest.Spans(1, "checkout", "pay"))
	if err != nil {
		fmt.Println(err)
		return
	}
	producer, err := kgo.NewClient(kgo.SeedBrokers(kafka.ListenAddrs()...), kgo.DefaultProduceTopic("jaeger-spans"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer producer.Close()
	if err := producer.ProduceSync(ctx, &kgo.Record{Value: spans}).FirstErr(); err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(<-stored, "spans are written")
	if err := in.Close(ctx); err != nil { // what it reads is settled
		fmt.Println(err)
		return
	}
	books := in.Books()
	fmt.Println("received", books.Received, "stored", books.Stored, "waiting", books.Waiting, "dead letters", in.DeadLetters())
	// Output:
	// 2 spans are written
	// received 2 stored 2 waiting 0 dead letters 0
}
