// SPDX-License-Identifier: Apache-2.0

//go:build engines

package kafka_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/kafka"
	"github.com/go-spur/spur/backend/store/storetest"
)

// TestRealStore is TestStore with a real broker.
func TestRealStore(t *testing.T) {
	storetest.RunWriting(t, storetest.Engine{
		Open: func(_ context.Context, cfg storetest.Config) (store.Store, error) {
			return openChain(t, kafkatest.Real(t), cfg), nil
		},
	}, nil)
}

// writes opens a store with c, writes a span and returns the first error.
func writes(t *testing.T, c kafka.Config) error {
	t.Helper()
	c.Encoding, c.Acks, c.Compression, c.MaxMessageBytes = "protobuf", "all", "none", 1_000_000
	s, err := kafka.Open(t.Context(), c, nil, kafkatest.Quiet)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Write(t.Context(), kafkatest.Spans(1, "a"))
}

// TestRealPassword: a wrong one is an error at once that says so.
func TestRealPassword(t *testing.T) {
	b := kafkatest.Real(t)
	c := kafka.Config{Broker: b.Config, Topic: b.Topic}
	c.Broker.Addresses, c.Broker.User = []string{os.Getenv("KAFKA_SASL")}, "spur"
	for _, c.Broker.Mechanism = range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		c.Broker.Password = "wrong"
		if err := writes(t, c); err == nil || !strings.Contains(err.Error(), "SASL_AUTHENTICATION_FAILED") {
			t.Errorf("%s, a wrong password: %v", c.Broker.Mechanism, err)
		}
		c.Broker.Password = "secret"
		if err := writes(t, c); err != nil {
			t.Errorf("%s: %v", c.Broker.Mechanism, err)
		}
	}
}

// TestRealTLS: a certificate that nobody trusts is an error at once that says so.
func TestRealTLS(t *testing.T) {
	b := kafkatest.Real(t)
	c := kafka.Config{Broker: b.Config, Topic: b.Topic}
	c.Broker.Addresses, c.Broker.TLS.Enabled = []string{os.Getenv("KAFKA_TLS")}, true
	if err := writes(t, c); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an authority that is not known: %v", err)
	}
	c.Broker.TLS.CA = os.Getenv("KAFKA_CA")
	if err := writes(t, c); err != nil {
		t.Error(err)
	}
}
