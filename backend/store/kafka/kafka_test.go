// SPDX-License-Identifier: Apache-2.0

package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/internal/broker"
	"github.com/go-spur/spur/backend/internal/kafkatest"
	"github.com/go-spur/spur/backend/receive"
	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/kafka"
	"github.com/go-spur/spur/backend/trace"
)

// TestMessages: how many there are in each encoding, with which keys, and that they
// are read as what was written.
func TestMessages(t *testing.T) {
	td := kafkatest.Spans(1, "a", "b")
	kafkatest.Spans(0, "c").ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	const long, short = "01000000000000000000000000000001", "0000000000000001"
	jaegers, collectors := []string{short, long, long}, []string{strings.Repeat("0", 31) + "1", long}
	for encoding, keys := range map[string][]string{
		"jaeger_proto": jaegers, "protobuf": jaegers, "jaeger_json": jaegers, "json": jaegers, "otlp_proto": collectors, "otlp_json": collectors,
	} {
		t.Run(encoding, func(t *testing.T) {
			_, b := kafkatest.NewCluster(t)
			s := kafkatest.OpenStore(t, b, encoding)
			if err := s.Write(t.Context(), td); err != nil {
				t.Fatal(err)
			}
			decoder, err := receive.NewMessages(encoding)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range kafkatest.Read(t, b, len(keys)) {
				got = append(got, string(r.Key))
				if _, refused, err := decoder.Add(r.Value); err != nil || len(refused) > 0 {
					t.Errorf("%q: refused %v, %v", r.Value, refused, err)
				}
			}
			if slices.Sort(got); !slices.Equal(got, keys) {
				t.Errorf("keys %q, want %q", got, keys)
			}
			var names []string
			for s := range trace.Spans(decoder.Take()) {
				names = append(names, s.Service()+" "+s.Name())
			}
			if slices.Sort(names); strings.Join(names, ",") != "shop a,shop b,shop c" {
				t.Errorf("spans %q", names)
			}
		})
	}
}

// refused returns how many spans err says were refused.
func refused(err error) int {
	var r *store.RefusedError
	errors.As(err, &r)
	return r.Count()
}

// TestTooLarge: a span that is too large for a message costs itself alone, in every
// encoding, whether it is known here or only to the broker.
func TestTooLarge(t *testing.T) {
	td := kafkatest.Spans(1, "small", "LARGE"+strings.Repeat(" ", 20_000), "small, too")
	for _, encoding := range []string{"jaeger_proto", "jaeger_json", "otlp_proto", "otlp_json"} {
		for _, limit := range []int{10_000, 1_000_000} {
			t.Run(fmt.Sprintf("%s/%d", encoding, limit), func(t *testing.T) {
				cluster, b := kafkatest.NewCluster(t)
				cluster.ControlKey(int16(kmsg.Produce), func(r kmsg.Request) (kmsg.Response, error, bool) {
					cluster.KeepControl()
					response, large := tooLarge(r.(*kmsg.ProduceRequest))
					return response, nil, large
				})
				s, err := kafka.Open(t.Context(), kafka.Config{Broker: b.Config, Topic: b.Topic, Encoding: encoding, Acks: "all", Compression: "none", MaxMessageBytes: limit}, nil, kafkatest.Quiet)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if err := s.Write(t.Context(), td); refused(err) != 1 || !strings.Contains(err.Error(), "trace 01000000000000000000000000000001") {
					t.Errorf("%v, want one span refused, and of which trace", err)
				}
				for _, r := range kafkatest.Read(t, b, 2) {
					if strings.Contains(string(r.Value), "LARGE") {
						t.Error("the large one is there")
					}
				}
			})
		}
	}
}

// tooLarge answers for a broker that takes no more than 10,000 bytes together.
func tooLarge(r *kmsg.ProduceRequest) (answer kmsg.Response, large bool) {
	response := r.ResponseKind().(*kmsg.ProduceResponse)
	for _, topic := range r.Topics {
		rt := kmsg.NewProduceResponseTopic()
		rt.Topic, rt.TopicID = topic.Topic, topic.TopicID
		for _, p := range topic.Partitions {
			rp := kmsg.NewProduceResponseTopicPartition()
			rp.Partition, rp.ErrorCode = p.Partition, kerr.MessageTooLarge.Code
			rt.Partitions = append(rt.Partitions, rp)
			large = large || len(p.Records) > 10_000
		}
		response.Topics = append(response.Topics, rt)
	}
	return response, large
}

// TestAway: without a broker Open does not hang, the health check says why, and Write
// waits as long as it may.
func TestAway(t *testing.T) {
	c := kafka.Config{Broker: broker.Config{Addresses: []string{"127.0.0.1:1"}}, Topic: "t", Encoding: "protobuf", Acks: "all", Compression: "none", MaxMessageBytes: 1_000_000}
	s, err := kafka.Open(t.Context(), c, nil, kafkatest.Quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.(store.Prober).Ready(); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("ready: %v, want that 127.0.0.1:1 does not answer", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Write(ctx, kafkatest.Spans(1, "a")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("write: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Write(t.Context(), kafkatest.Spans(1, "a")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("write after close: %v", err)
	}
}

// TestPassword: the right one is let in. What a wrong one gets, TestRealPassword shows.
func TestPassword(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			_, b := kafkatest.NewCluster(t, kfake.EnableSASL(), kfake.Superuser(mechanism, "spur", "secret"))
			c := kafka.Config{Broker: b.Config, Topic: b.Topic, Encoding: "protobuf", Acks: "all", Compression: "none", MaxMessageBytes: 1_000_000}
			c.Broker.Mechanism, c.Broker.User, c.Broker.Password = mechanism, "spur", "secret"
			s, err := kafka.Open(t.Context(), c, nil, kafkatest.Quiet)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := s.Write(t.Context(), kafkatest.Spans(1, "a")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSettings: what is wrong is named.
func TestSettings(t *testing.T) {
	good := kafka.Config{Broker: broker.Config{Addresses: []string{"127.0.0.1:1"}}, Topic: "t", Encoding: "protobuf", Acks: "all", Compression: "none", MaxMessageBytes: 1_000_000}
	for want, spoil := range map[string]func(*kafka.Config){
		`"avro"`:         func(c *kafka.Config) { c.Encoding = "avro" },
		`"some"`:         func(c *kafka.Config) { c.Acks = "some" },
		`"brotli"`:       func(c *kafka.Config) { c.Compression = "brotli" },
		`"GSSAPI"`:       func(c *kafka.Config) { c.Broker.Mechanism = "GSSAPI" },
		"no/such/ca.pem": func(c *kafka.Config) { c.Broker.TLS.Enabled, c.Broker.TLS.CA = true, "no/such/ca.pem" },
	} {
		c := good
		spoil(&c)
		if _, err := kafka.Open(t.Context(), c, nil, kafkatest.Quiet); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error that names %s", err, want)
		}
	}
	for _, compression := range []string{"gzip", "snappy", "lz4", "zstd"} {
		_, b := kafkatest.NewCluster(t)
		c := good
		c.Broker, c.Topic, c.Compression, c.Acks = b.Config, b.Topic, compression, "local"
		if c.Level = 9; compression == "snappy" {
			c.Level = 0
		}
		s, err := kafka.Open(t.Context(), c, nil, kafkatest.Quiet)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(t.Context(), kafkatest.Spans(1, "a", "b")); err != nil {
			t.Errorf("%s: %v", compression, err)
		}
		kafkatest.Read(t, b, 2)
		_ = s.Close()
	}
}

// TestReadsNothing: what is asked is an error, never an empty answer.
func TestReadsNothing(t *testing.T) {
	_, b := kafkatest.NewCluster(t)
	s := kafkatest.OpenStore(t, b, "protobuf")
	if _, err := s.Search(t.Context(), trace.Query{}); !errors.Is(err, errors.ErrUnsupported) || !s.Caps().WriteOnly {
		t.Errorf("search: %v", err)
	}
	if _, err := s.Trace(t.Context(), [16]byte{1}, trace.Window{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("trace: %v", err)
	}
}

func Example() {
	s, err := kafka.Open(context.Background(), kafka.Config{
		Broker: broker.Config{Addresses: []string{"127.0.0.1:1"}}, // where there is none
		Topic:  "jaeger-spans", Encoding: "jaeger_proto", Acks: "all", Compression: "zstd", MaxMessageBytes: 1_000_000,
	}, nil, kafkatest.Quiet)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	fmt.Println(s.Write(ctx, ptrace.NewTraces()), s.(store.Prober).Ready() == nil)
	// Output:
	// <nil> false
}
