// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/pflag"
)

const kafka = "kafka"

// Broker says where Kafka is and how to speak to it.
type Broker struct {
	Addresses []string
	Topic     string
	Encoding  string
	// Authentication is "none", "plaintext", which is a user with a password, or
	// "tls", which is TLS.
	Authentication            string
	User, Password, Mechanism string
	TLS                       ClientTLS
}

// KafkaProducer is what the store "kafka" needs to know.
type KafkaProducer struct {
	Broker
	Acks, Compression string
	Level             int
	MaxMessageBytes   int
	// What collectors write in one go; 0 is their default.
	BatchLinger      time.Duration
	BatchMaxMessages int
}

// KafkaConsumer is what the ingester reads.
type KafkaConsumer struct {
	Broker
	Group, Client, Rack  string
	FetchMaxMessageBytes int
}

func defaultBroker() Broker {
	return Broker{Addresses: []string{"127.0.0.1:9092"}, Topic: "jaeger-spans", Encoding: "protobuf", Authentication: "none", Mechanism: "PLAIN"}
}

func defaultProducer() KafkaProducer {
	return KafkaProducer{Broker: defaultBroker(), Acks: "all", Compression: "none", MaxMessageBytes: 1_000_000}
}

func defaultConsumer() KafkaConsumer {
	return KafkaConsumer{Broker: defaultBroker(), Group: "jaeger-ingester", Client: "jaeger-ingester", FetchMaxMessageBytes: 1 << 20}
}

var encodings = append(plain("protobuf", "json", "jaeger_proto", "jaeger_json", "otlp_proto", "otlp_json"),
	word{"zipkin-thrift", "spans of Zipkin's are not read from Kafka: use one of the others"})

// options lists those that both have.
func (b *Broker) options(flag, env string, commands Command) []option {
	row := func(name, variable string, v pflag.Value, help, whenEmpty string) option {
		return option{flag + "." + name, env + "_" + variable, v, help, whenEmpty, commands}
	}
	return append([]option{
		row("brokers", "BROKERS", list(&b.Addresses), "brokers of Kafka, host:port,…", ""),
		row("topic", "TOPIC", text(&b.Topic), "topic of spans", ""),
		row("encoding", "ENCODING", choice(&b.Encoding, encodings), "how they stand in messages; protobuf and json are Jaeger 1's names of jaeger_proto and jaeger_json", ""),
		row("authentication", "AUTHENTICATION", choice(&b.Authentication, []word{
			{"none", ""},
			{"plaintext", ""},
			{"tls", ""},
			{"kerberos", "Kerberos is not supported: use plaintext, which has SCRAM, or tls"},
		}), "how to log in: plaintext is a user with a password, tls a certificate", ""),
		row("plaintext.username", "PLAINTEXT_USERNAME", text(&b.User), "user for plaintext", ""),
		row("plaintext.password", "PLAINTEXT_PASSWORD", password(&b.Password), "password for plaintext", ""),
		row("plaintext.mechanism", "PLAINTEXT_MECHANISM", choice(&b.Mechanism, plain("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")), "how plaintext shows the password", ""),
	}, b.TLS.options(flag+".tls", env+"_TLS", "use TLS", commands)...)
}

func (k *KafkaProducer) options() []option {
	return append(k.Broker.options("kafka.producer", "KAFKA_PRODUCER", collects), []option{
		{"kafka.producer.required-acks", "KAFKA_PRODUCER_REQUIRED_ACKS", choice(&k.Acks, []word{
			{"local", ""}, {"all", ""}, {"noack", "nobody would know which spans are lost: use local or all"},
		}), "who must have a message: local, the leader of the partition, or all replicas in sync", "", collects},
		{"kafka.producer.compression", "KAFKA_PRODUCER_COMPRESSION", choice(&k.Compression, plain("none", "gzip", "snappy", "lz4", "zstd")), "how messages are compressed", "", collects},
		{"kafka.producer.compression-level", "KAFKA_PRODUCER_COMPRESSION_LEVEL", count(&k.Level, 0, 22), "how much, of gzip 1 to 9, of lz4 1 to 17, of zstd 1 to 22; 0 is the default of each", "", collects},
		{"kafka.producer.max-message-bytes", "KAFKA_PRODUCER_MAX_MESSAGE_BYTES", count(&k.MaxMessageBytes, 1000, 1<<30), "longest message; no more than brokers take (message.max.bytes)", "", collects},
		{"kafka.producer.batch-linger", "KAFKA_PRODUCER_BATCH_LINGER", interval(&k.BatchLinger), "how long a span waits for others to be sent with; 0 is the collector's own 50ms", "", collects},
		{"kafka.producer.batch-max-messages", "KAFKA_PRODUCER_BATCH_MAX_MESSAGES", count(&k.BatchMaxMessages, 0, 100_000), "most spans that are sent together; 0 is the collector's own 500", "", collects},
	}...)
}

func (k *KafkaConsumer) options() []option {
	return append(k.Broker.options("kafka.consumer", "KAFKA_CONSUMER", Ingester), []option{
		{"kafka.consumer.group-id", "KAFKA_CONSUMER_GROUP_ID", text(&k.Group), "group of ingesters that share the partitions", "", Ingester},
		{"kafka.consumer.client-id", "KAFKA_CONSUMER_CLIENT_ID", text(&k.Client), "what brokers call this client in their logs and quotas", "", Ingester},
		{"kafka.consumer.rack-id", "KAFKA_CONSUMER_RACK_ID", text(&k.Rack), "where this client is: replicas there are read", "none", Ingester},
		{"kafka.consumer.fetch-max-message-bytes", "KAFKA_CONSUMER_FETCH_MAX_MESSAGE_BYTES", count(&k.FetchMaxMessageBytes, 1000, 1<<30), "bytes that one request gets of a partition; a longer message is got alone", "", Ingester},
	}...)
}

// checkKafka returns what is missing, or of no use.
func (c *Config) checkKafka() (wrong []error) {
	all := c.Storages()
	if c.Command == Ingester {
		for _, name := range all {
			if why := (map[string]string{kafka: "the ingester would read what it writes", forward: "nothing says when what it sends has arrived", "memory": "nobody could read it"})[name]; why != "" {
				wrong = append(wrong, fmt.Errorf("span-storage.type %s: %s", name, why))
			}
		}
		wrong = append(wrong, c.KafkaConsumer.check("kafka.consumer")...)
	}
	if all[0] == kafka && c.Command.Queries() {
		wrong = append(wrong, fmt.Errorf("span-storage.type %s: traces are read from the first, and kafka can read none: name another before it, or use collector, ingester and query", c.Storage))
	}
	k := &c.KafkaProducer
	if k.Compression == "gzip" && k.Level > 9 || k.Compression == "lz4" && k.Level > 17 {
		wrong = append(wrong, fmt.Errorf("kafka.producer.compression-level: %s has no %d", k.Compression, k.Level))
	}
	if slices.Contains(all, kafka) {
		wrong = append(wrong, k.check("kafka.producer")...)
	}
	return wrong
}

func (b *Broker) check(prefix string) (wrong []error) {
	missing := func(name string) { wrong = append(wrong, fmt.Errorf("%s.%s: is empty", prefix, name)) }
	if len(b.Addresses) == 0 {
		missing("brokers")
	}
	if b.Topic == "" {
		missing("topic")
	}
	if b.Authentication == "plaintext" && cmp.Or(b.User, b.Password) == "" {
		missing("plaintext.username")
	}
	if b.Authentication != "plaintext" && (b.User != "" || b.Password != "") {
		wrong = append(wrong, fmt.Errorf("%s.plaintext.*: no use without %[1]s.authentication=plaintext", prefix))
	}
	if b.Authentication == "tls" {
		b.TLS.Enabled = true
	}
	if !b.TLS.Enabled && b.TLS != (ClientTLS{}) {
		wrong = append(wrong, fmt.Errorf("%s.tls.*: no use without %[1]s.tls.enabled", prefix))
	}
	if b.TLS.SkipVerify && b.TLS.CA != "" {
		wrong = append(wrong, errors.New(prefix+".tls: no use of ca with skip-host-verify"))
	}
	return append(wrong, b.TLS.check(prefix+".tls")...)
}
