// SPDX-License-Identifier: Apache-2.0

//go:build engines

package ingest_test

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/go-spur/spur/backend/internal/kafkatest"
)

// TestReal runs those tests with a real broker that depend on what it does.
func TestReal(t *testing.T) {
	for name, test := range map[string]func(*testing.T, kafkatest.Broker){
		"close between batches": closesBetweenBatches,
		"enlarge":               enlarges,
		"unpack":                func(t *testing.T, b kafkatest.Broker) { passes(t, b, produceBomb, "decompresses to more than") },
		"expired":               countsExpired,
	} {
		t.Run(name, func(t *testing.T) {
			b := kafkatest.Real(t)
			client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...))
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if _, err := kadm.NewClient(client).CreateTopic(t.Context(), 1, 1, nil, b.Topic); err != nil {
				t.Fatal(err)
			}
			test(t, b)
		})
	}
}
