// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// stuck says which partition cannot be read, and why.
type stuck struct {
	partition int32
	err       error
	at        time.Time // when that was last seen
	logged    time.Time
}

// ready returns nil, or the reason.
func (s *stuck) ready() error {
	if s.err == nil || time.Since(s.at) > stuckTime {
		return nil
	}
	return s.err
}

func (in *Ingester) unstick(partition int32) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stuck.partition == partition {
		in.stuck.err = nil
	}
}

// broken deals with a partition that was read with an error. It reports whether there is
// a way on. Messages that came packed together, and cannot be unpacked, are a
// dead letter; that is seen at once when they are too large, and else when reading them
// has failed triesUnpack times.
func (in *Ingester) broken(at *place, p *kgo.FetchTopicPartition) bool {
	if at.packed { // these are the same ones
		return false
	}
	err := fmt.Errorf("topic %s, partition %d: %w", p.Topic, p.Partition, p.Err)
	var large *kgo.ErrDecompressTooLarge
	if errors.As(p.Err, &large) {
		in.addPacked(at, p, large.Offset, large.NextOffset, large.Epoch)
		return true
	}
	if at.failed++; at.failed >= triesUnpack && isUnreadable(p.Err) {
		first := at.next
		if first < 0 {
			first = p.LogStartOffset
		}
		next, epoch, failed := in.askEnd(p.Partition, first)
		if failed == nil {
			in.addPacked(at, p, first, next, epoch)
			return true
		}
		err = fmt.Errorf("%w; where these messages end: %w", err, failed)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	s := &in.stuck
	s.partition, s.err, s.at = p.Partition, err, time.Now()
	if time.Since(s.logged) >= logEvery {
		s.logged = s.at
		in.log.Warn("a partition cannot be read", "error", err)
	}
	return false
}

// isUnreadable reports whether err is about bytes that a broker has sent, and not what a
// broker has said.
func isUnreadable(err error) bool {
	var said *kerr.Error
	var lost *kgo.ErrDataLoss
	return !errors.As(err, &said) && !errors.As(err, &lost)
}

// askEnd asks the leader which offset comes after the messages that are packed together
// with the one at first. It is first + 1 when what they say of themselves is not sure.
func (in *Ingester) askEnd(partition int32, first int64) (next int64, epoch int32, err error) {
	ctx, cancel := context.WithTimeout(in.stopping, letterTime)
	defer cancel()
	topics, err := in.admin.ListTopics(ctx, in.config.Topic)
	if err != nil {
		return 0, 0, err
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
		return 0, 0, err
	}
	if len(answer.Topics) != 1 || len(answer.Topics[0].Partitions) != 1 {
		return 0, 0, errors.New("the broker does not say")
	}
	got := &answer.Topics[0].Partitions[0]
	if err := kerr.ErrorForCode(got.ErrorCode); err != nil {
		return 0, 0, err
	}
	if len(got.RecordBatches) == 0 {
		return 0, 0, errors.New("nothing is there")
	}
	next, epoch = endOf(got.RecordBatches, first)
	return next, epoch, nil
}

// endOf reads the head of a batch, of which one offset is first.
func endOf(batch []byte, first int64) (next int64, epoch int32) {
	const magic, head = 16, 61
	if len(batch) < head || batch[magic] != 2 {
		return first + 1, -1
	}
	begin := int64(binary.BigEndian.Uint64(batch))
	epoch = int32(binary.BigEndian.Uint32(batch[12:]))
	last := int32(binary.BigEndian.Uint32(batch[23:])) // relative to begin
	count := int32(binary.BigEndian.Uint32(batch[57:]))
	if next = begin + int64(last) + 1; last != count-1 || next <= first || begin > first {
		return first + 1, epoch
	}
	return next, epoch
}

// addPacked has a message wait for those between first and next.
func (in *Ingester) addPacked(at *place, p *kgo.FetchTopicPartition, first, next int64, epoch int32) {
	first = max(first, at.next)
	in.waiting = append(in.waiting, &message{
		record:  &kgo.Record{Topic: p.Topic, Partition: p.Partition, Offset: next - 1, LeaderEpoch: epoch},
		offsets: next - first, turn: at.turn, reason: ReasonPacked, err: p.Err,
	})
	at.next, at.failed, at.packed = next, 0, true
	in.unstick(p.Partition)
}

// pass has partitions be read on behind what could not be unpacked. Before that is
// settled it must not be: it also marks the offset.
func (in *Ingester) pass(b *batch) {
	for _, m := range b.messages {
		if m.reason == ReasonPacked {
			if at := in.owned[m.record.Partition]; at != nil {
				at.packed = false
			}
			next := kgo.EpochOffset{Epoch: m.record.LeaderEpoch, Offset: m.record.Offset + 1}
			in.client.SetOffsets(map[string]map[int32]kgo.EpochOffset{m.record.Topic: {m.record.Partition: next}})
		}
	}
}
