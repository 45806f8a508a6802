// SPDX-License-Identifier: Apache-2.0

package engines_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/store/engines"
)

// A server that is not there yet is waited for; a setting that is wrong is not.
func ExampleOpen() {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	c := config.Default(config.Collector)
	c.KafkaProducer.Addresses = []string{"127.0.0.1:1"} // where there is none

	s, where, err := engines.Open(ctx, "kafka", &c, nil, log)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	fmt.Println(where)
	fmt.Println("it can be searched:", !s.Caps().WriteOnly)

	c.KafkaProducer.Encoding = "avro"
	_, _, err = engines.Open(ctx, "kafka", &c, nil, log)
	fmt.Println(err)
	// Output:
	// topic jaeger-spans of Kafka at 127.0.0.1:1
	// it can be searched: false
	// kafka: there is no encoding "avro": use jaeger_proto, jaeger_json, otlp_proto or otlp_json
}
