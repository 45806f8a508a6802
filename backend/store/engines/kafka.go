// SPDX-License-Identifier: Apache-2.0

package engines

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/ingest"
	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/send"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/kafka"
)

func openKafka(ctx context.Context, k *config.KafkaProducer, reg prometheus.Registerer, log *slog.Logger) (store.Store, string, error) {
	c := kafka.Config{
		Broker: brokers(&k.Broker), Topic: k.Topic, Encoding: k.Encoding, Acks: k.Acks,
		Compression: k.Compression, Level: k.Level, MaxMessageBytes: k.MaxMessageBytes,
		BatchSpans: k.BatchMaxMessages, BatchDelay: k.BatchLinger,
	}
	s, err := kafka.Open(ctx, c, reg, log)
	return s, "topic " + k.Topic + " of Kafka at " + c.Broker.Where(), err
}

// Ingest reads from Kafka as server.Ingest does.
func Ingest(ctx context.Context, c *config.Config, write server.Write, reg prometheus.Registerer, log *slog.Logger) (server.Ingester, string, error) {
	k := &c.KafkaConsumer
	decoder, err := receive.NewMessages(k.Encoding)
	if err != nil {
		return nil, "", err
	}
	settings := ingest.Config{
		Broker: brokers(&k.Broker), Topic: k.Topic, Group: k.Group, Client: k.Client, Rack: k.Rack,
		Encoding: k.Encoding, FetchBytes: k.FetchMaxMessageBytes,
	}
	in, err := ingest.Open(ctx, settings, ingest.Deps{Decoder: decoder, Validate: collect.Validate, Write: write}, reg, log)
	if err != nil {
		return nil, "", err
	}
	return in, "topic " + k.Topic + " of Kafka at " + settings.Broker.Where() + ", group " + k.Group, nil
}

func brokers(b *config.Broker) broker.Config {
	c := broker.Config{
		Addresses: b.Addresses,
		TLS: send.TLS{
			Enabled: b.TLS.Enabled, CA: b.TLS.CA, Cert: b.TLS.Cert, Key: b.TLS.Key,
			ServerName: b.TLS.Name, SkipVerify: b.TLS.SkipVerify,
		},
	}
	if b.Authentication == "plaintext" {
		c.Mechanism, c.User, c.Password = b.Mechanism, b.User, b.Password
	}
	return c
}
