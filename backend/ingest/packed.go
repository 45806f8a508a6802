// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// packed is where messages are that are packed together.
type packed struct {
	begin, next int64 // the first offset, and the one that comes after the last
	epoch       int32 // of the leader that wrote them, or -1
	sure        bool  // else it is one offset, though there may be more
}

var errReadable = errors.New("it can be read")

// askPacked asks the leader for the messages that are packed together with the one at first,
// or come next, and where they end. It is an error when they can be unpacked.
func (in *Ingester) askPacked(ctx context.Context, partition int32, first int64) (packed, error) {
	topics, err := in.admin.ListTopics(ctx, in.config.Topic)
	if err != nil {
		return packed{}, err
	}
	topic := topics[in.config.Topic]
	r := kmsg.NewPtrFetchRequest()
	r.MaxBytes = 1 // one batch comes in any case
	rt := kmsg.NewFetchRequestTopic()
	rt.Topic, rt.TopicID = in.config.Topic, topic.ID
	rp := kmsg.NewFetchRequestTopicPartition()
	rp.Partition, rp.FetchOffset, rp.PartitionMaxBytes = partition, first, 1
	rt.Partitions = append(rt.Partitions, rp)
	r.Topics = append(r.Topics, rt)
	answer, err := r.RequestWith(ctx, in.client.Broker(int(topic.Partitions[partition].Leader)))
	if err != nil {
		return packed{}, err
	}
	if len(answer.Topics) != 1 || len(answer.Topics[0].Partitions) != 1 {
		return packed{}, errors.New("the broker does not say")
	}
	got := &answer.Topics[0].Partitions[0]
	if err := kerr.ErrorForCode(got.ErrorCode); err != nil {
		return packed{}, err
	}
	if got.RecordBatches = firstBatch(got.RecordBatches); len(got.RecordBatches) == 0 {
		return packed{}, errors.New("nothing is there")
	}
	unpack := in.client.OptValue(kgo.WithDecompressor).(kgo.Decompressor) // which is bounded
	if tried, _ := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{Offset: first}, got, unpack, nil); tried.Err == nil {
		return packed{}, errReadable
	}
	return readHead(got.RecordBatches, first, got.HighWatermark), nil
}

// firstBatch returns the first of batches, or all when it does not say how long it is.
func firstBatch(batches []byte) []byte {
	const before = 12 // the offset and the length, which counts what comes after it
	if len(batches) < before {
		return batches
	}
	if n := before + int64(int32(binary.BigEndian.Uint32(batches[8:]))); n > before && n < int64(len(batches)) {
		return batches[:n]
	}
	return batches
}

// readHead reads the head of a batch that has the offset first, or comes next to it, in a
// partition that ends before end. It is believed when it has the right checksum, or else
// says twice how long it is: not so when messages in between were compacted away.
func readHead(batch []byte, first, end int64) packed {
	const magic, crc, behindCRC, head = 16, 17, 21, 61
	one := packed{begin: first, next: first + 1, epoch: -1}
	if len(batch) < head || batch[magic] != 2 {
		return one
	}
	begin := int64(binary.BigEndian.Uint64(batch))
	last := int32(binary.BigEndian.Uint32(batch[23:])) // relative to begin
	count := int32(binary.BigEndian.Uint32(batch[57:]))
	next := begin + int64(last) + 1
	if begin < 0 || last < 0 || next <= first || next > end {
		return one
	}
	if last != count-1 && crc32.Checksum(batch[behindCRC:], castagnoli) != binary.BigEndian.Uint32(batch[crc:]) {
		return one
	}
	return packed{begin: begin, next: next, epoch: int32(binary.BigEndian.Uint32(batch[12:])), sure: true}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)
