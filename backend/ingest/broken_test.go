// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"log/slog"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestBrokenOnce: messages that cannot be unpacked are given up once, however often they
// are read until they are settled, and with them nothing that comes after.
func TestBrokenOnce(t *testing.T) {
	for name, err := range map[string]error{"too large": &kgo.ErrDecompressTooLarge{Offset: 5, NextOffset: 8}, "unreadable": errors.New("unexpected EOF")} {
		in := &Ingester{}
		at := &place{next: 5}
		p := &kgo.FetchTopicPartition{Topic: "t", FetchPartition: kgo.FetchPartition{Err: &kgo.ErrDecompressTooLarge{Offset: 5, NextOffset: 8}}}
		if !in.broken(t.Context(), at, p) {
			t.Fatalf("%s: there is no way on", name)
		}
		p.Err = err
		for range 2 * triesUnpack {
			if in.broken(t.Context(), at, p) {
				t.Errorf("%s: they are given up again", name)
			}
		}
		if len(in.waiting) != 1 || in.waiting[0].offsets != 3 || at.next != 8 {
			t.Errorf("%s: %d messages wait, and %d comes next; want one, for 5 to 7", name, len(in.waiting), at.next)
		}
	}
}

// TestAskPackedNothing: where there are no messages there is nothing to pass.
func TestAskPackedNothing(t *testing.T) {
	in, _ := asker(t)
	if got, err := in.askPacked(t.Context(), 0, 0); err == nil {
		t.Errorf("%+v is there, want an error: nothing is", got)
	}
}

// TestBrokenElsewhere: an error that is about something else than the messages, which can be
// read, gives none of them up, however often it comes.
func TestBrokenElsewhere(t *testing.T) {
	in, answer := asker(t)
	answer(packedBatch(5, 0, 0, nil))
	at := &place{next: 5}
	p := &kgo.FetchTopicPartition{Topic: "t", FetchPartition: kgo.FetchPartition{Err: errors.New("partition has no prior committed offset")}}
	for range 2 * triesUnpack {
		if in.broken(t.Context(), at, p) {
			t.Fatal("messages are given up that can be read")
		}
	}
	if err := in.stuck.err; !errors.Is(err, p.Err) || !errors.Is(err, errReadable) {
		t.Errorf("%v, want the error, and that the messages can be read", err)
	}
}

// TestBrokenOneByOne: messages of which nobody knows how many are packed together are passed
// one by one, and only the first is tried again.
func TestBrokenOneByOne(t *testing.T) {
	in, answer := asker(t)
	batch := packedBatch(5, 9, 3, []byte("this is not gzip"))
	batch[len(batch)-1]++ // the checksum is wrong
	answer(batch)
	at := &place{next: 5}
	p := &kgo.FetchTopicPartition{Topic: "t", FetchPartition: kgo.FetchPartition{Err: errors.New("encoded crc 1 does not match calculated crc 2")}}
	for tries := range triesUnpack + 3 {
		if passed, want := in.broken(t.Context(), at, p), tries >= triesUnpack-1; passed != want {
			t.Fatalf("after %d tries messages are passed: %v, want %v", tries+1, passed, want)
		}
		at.packed = false
	}
	if len(in.waiting) != 4 || at.next != 9 {
		t.Errorf("%d messages wait, and %d comes next; want 4, and 9", len(in.waiting), at.next)
	}
}

// TestBrokenCompacted: messages that are packed together, some of which were compacted away,
// are passed at once.
func TestBrokenCompacted(t *testing.T) {
	in, answer := asker(t)
	answer(packedBatch(5, 9999, 3, []byte("this is not gzip")))
	at := &place{next: 7, failed: triesUnpack - 1}
	p := &kgo.FetchTopicPartition{Topic: "t", FetchPartition: kgo.FetchPartition{Err: errors.New("unable to decompress batch")}}
	if !in.broken(t.Context(), at, p) || len(in.waiting) != 1 || in.waiting[0].offsets != 9998 || at.next != 10_005 {
		t.Errorf("%d messages wait, and %d comes next; want one, for 9998 from 7 on", len(in.waiting), at.next)
	}
}

// asker returns an Ingester that can ask a broker, which has no message, or else answers
// every fetch with a batch.
func asker(t *testing.T) (in *Ingester, answer func(batch []byte)) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	in = &Ingester{config: Config{Topic: "t"}, client: client, admin: kadm.NewClient(client), log: slog.New(slog.DiscardHandler), stopping: t.Context()}
	return in, func(batch []byte) {
		cluster.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
			cluster.KeepControl()
			asked := r.(*kmsg.FetchRequest).Topics[0]
			p := kmsg.NewFetchResponseTopicPartition()
			p.Partition, p.HighWatermark, p.RecordBatches = asked.Partitions[0].Partition, 1<<40, batch
			topic := kmsg.NewFetchResponseTopic()
			topic.Topic, topic.TopicID, topic.Partitions = asked.Topic, asked.TopicID, append(topic.Partitions, p)
			got := r.ResponseKind().(*kmsg.FetchResponse)
			got.Topics = append(got.Topics, topic)
			return got, nil, true
		})
	}
}

// packedBatch is a batch of count messages from begin to begin + last. It claims to be packed
// by gzip unless there is nothing to unpack.
func packedBatch(begin int64, last, count int32, records []byte) []byte {
	const head, behindCRC, crc = 61, 21, 17
	b := kmsg.RecordBatch{
		FirstOffset: begin, PartitionLeaderEpoch: 7, Magic: 2, LastOffsetDelta: last, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1,
		NumRecords: count, Records: records, Length: int32(head - 12 + len(records)),
	}
	if len(records) > 0 {
		b.Attributes = 1
	}
	out := b.AppendTo(nil)
	binary.BigEndian.PutUint32(out[crc:], crc32.Checksum(out[behindCRC:], castagnoli))
	return out
}
