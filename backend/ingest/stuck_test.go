// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/go-spur/spur/backend/collect"
	"github.com/go-spur/spur/backend/ingest"
	"github.com/go-spur/spur/backend/internal/kafkatest"
)

// TestUnpack: messages that came packed together and cannot be unpacked are a dead letter
// without them, counted, and no reason to stop: what is before and behind them is stored.
func TestUnpack(t *testing.T) {
	t.Parallel() // it waits
	for name, c := range map[string]struct {
		produce func(*testing.T, kafkatest.Broker)
		why     string
	}{
		"too large": {produceBomb, "decompresses to more than"},
		"no gzip":   {func(t *testing.T, b kafkatest.Broker) { producePacked(t, b, 3, []byte("this is not gzip")) }, "unable to decompress"},
		"nothing":   {func(t *testing.T, b kafkatest.Broker) { producePacked(t, b, 3, nil) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, b := kafkatest.NewCluster(t, kfake.SeedTopics(1, "jaeger-spans"))
			passes(t, b, c.produce, c.why)
		})
	}
}

// passes tests that an ingester passes what produce sends.
func passes(t *testing.T, b kafkatest.Broker, produce func(*testing.T, kafkatest.Broker), why string) {
	kafkatest.Produce(t, b, otlp(t, 1, "before"))
	produce(t, b)
	kafkatest.Produce(t, b, otlp(t, 1, "behind"))
	sink := kafkatest.NewSink()
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write)
	books := settled(t, in, 3)
	if books.Unread[ingest.ReasonPacked] != 3 || in.DeadLetters() != 1 {
		t.Errorf("unread %v, %d dead letters; want 3 messages in 1 dead letter", books.Unread, in.DeadLetters())
	}
	if got := strings.Join(sink.Names(), " "); got != "before behind" {
		t.Errorf("stored %q, want before and behind", got)
	}
	letter := letters(t, b, 1)[0]
	if letter.Value != nil || letter.Key != nil || header(letter, ingest.HeaderReason) != "packed" || header(letter, ingest.HeaderTopic) != b.Topic ||
		header(letter, ingest.HeaderPartition) != "0" || header(letter, ingest.HeaderOffset) != "1" || header(letter, ingest.HeaderMessages) != "3" ||
		!strings.Contains(header(letter, ingest.HeaderError), why) {
		t.Errorf("the dead letter: %s, want offset 1, 3 messages, nothing of them, and %q", letter.Headers, why)
	}
	if err := in.Ready(); err != nil {
		t.Errorf("ready: %v", err)
	}
	if err := in.Close(t.Context()); err != nil || committed(t, b) != 5 {
		t.Errorf("close: %v; offset %d is committed, want 5", err, committed(t, b))
	}
}

// TestStuck: while a partition cannot be read the health check says so, whatever goes on
// in others.
func TestStuck(t *testing.T) {
	t.Parallel() // it waits
	cluster, b := kafkatest.NewCluster(t, kfake.SeedTopics(2, "jaeger-spans"))
	fault := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Topic: b.Topic, Partitions: []int32{0}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	sink := kafkatest.NewSink()
	in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, sink.Write)
	await(t, "the health check says that something is wrong", func() bool { return in.Ready() != nil })
	produceTo(t, b, 1, otlp(t, 1, "a"))
	settled(t, in, 1)
	if err := in.Ready(); err == nil || !strings.Contains(err.Error(), "partition 0: TOPIC_AUTHORIZATION_FAILED") {
		t.Errorf("ready: %v, want that partition 0 must not be read", err)
	}
	fault.Remove()
	produceTo(t, b, 0, otlp(t, 1, "b"))
	settled(t, in, 2)
	if err := in.Ready(); err != nil || in.DeadLetters() != 0 {
		t.Errorf("ready: %v, %d dead letters; want neither", err, in.DeadLetters())
	}
}

// TestExpired: messages that brokers removed before the group had read them are counted;
// those from before its time are not.
func TestExpired(t *testing.T) {
	_, b := kafkatest.NewCluster(t, kfake.SeedTopics(1, "jaeger-spans"))
	countsExpired(t, b)
}

func countsExpired(t *testing.T, b kafkatest.Broker) {
	produce := func(names ...string) {
		for _, name := range names {
			kafkatest.Produce(t, b, otlp(t, 1, name))
		}
	}
	remove := func(before int64) {
		t.Helper()
		client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		var offsets kadm.Offsets
		offsets.AddOffset(b.Topic, 0, before, -1)
		if _, err := kadm.NewClient(client).DeleteRecords(t.Context(), offsets); err != nil {
			t.Fatal(err)
		}
	}
	produce("never", "read")
	remove(1)
	for _, c := range []struct{ messages, expired int64 }{{1, 0}, {2, 3}} {
		in := kafkatest.OpenIngester(t, b, "otlp_proto", collect.Validate, kafkatest.NewSink().Write)
		if got := settled(t, in, c.messages).Unread[ingest.ReasonExpired]; got != c.expired {
			t.Errorf("%d messages are said to be expired, want %d", got, c.expired)
		}
		if err := in.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		produce("lost", "lost", "lost", "read", "read")
		remove(5)
	}
}

// produceTo sends messages to a partition.
func produceTo(t *testing.T, b kafkatest.Broker, partition int32, messages ...*kgo.Record) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...), kgo.DefaultProduceTopic(b.Topic), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, m := range messages {
		m.Partition = partition
	}
	if err := client.ProduceSync(t.Context(), messages...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// produceBomb sends three messages in a few kilobytes, which become 80 MB.
func produceBomb(t *testing.T, b kafkatest.Broker) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...), kgo.DefaultProduceTopic(b.Topic), kgo.ProducerLinger(time.Minute), // until Flush
		kgo.ProducerBatchCompression(kgo.ZstdCompression()), kgo.ProducerBatchMaxBytes(100<<20), kgo.MaxBufferedBytes(200<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, size := range []int{10, 80 << 20, 10} {
		client.Produce(t.Context(), &kgo.Record{Value: make([]byte, size)}, func(_ *kgo.Record, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// producePacked sends what claims to be n messages packed by gzip.
func producePacked(t *testing.T, b kafkatest.Broker, n int32, packed []byte) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addresses...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	topics, err := kadm.NewClient(client).ListTopics(t.Context(), b.Topic)
	if err != nil {
		t.Fatal(err)
	}
	const gzip, head = 1, 61 // before the messages
	batch := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: 2, Attributes: gzip, LastOffsetDelta: n - 1, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1,
		NumRecords: n, Records: packed, Length: int32(head - 12 + len(packed)),
	}
	batch.CRC = int32(crc32.Checksum(batch.AppendTo(nil)[21:], crc32.MakeTable(crc32.Castagnoli)))
	r := kmsg.NewPtrProduceRequest()
	r.Acks = -1
	rt := kmsg.NewProduceRequestTopic()
	rt.Topic, rt.TopicID = b.Topic, topics[b.Topic].ID
	rp := kmsg.NewProduceRequestTopicPartition()
	rp.Records = batch.AppendTo(nil)
	rt.Partitions = append(rt.Partitions, rp)
	r.Topics = append(r.Topics, rt)
	answer, err := r.RequestWith(t.Context(), client.Broker(int(topics[b.Topic].Partitions[0].Leader)))
	if err != nil {
		t.Fatal(err)
	}
	if err := kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode); err != nil {
		t.Fatal(err)
	}
}
