// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
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
// a way on. Messages that came packed together, and cannot be unpacked, are a dead letter;
// that is seen at once when they are too large, and else when reading them has failed
// triesUnpack times and what the leader has of them is no better. ctx bounds asking it.
func (in *Ingester) broken(ctx context.Context, at *place, p *kgo.FetchTopicPartition) bool {
	if at.packed { // these are the same ones
		return false
	}
	err := fmt.Errorf("topic %s, partition %d: %w", p.Topic, p.Partition, p.Err)
	var large *kgo.ErrDecompressTooLarge
	if errors.As(p.Err, &large) {
		in.addPacked(at, p, packed{begin: large.Offset, next: large.NextOffset, epoch: large.Epoch, sure: true})
		return true
	}
	var said *kerr.Error // by a broker, which is not about what it has sent
	if at.failed++; (at.failed >= triesUnpack || at.unsure) && !errors.As(p.Err, &said) {
		first := at.next
		if first < 0 {
			first = p.LogStartOffset
		}
		bad, failed := in.askPacked(ctx, p.Partition, first)
		if failed == nil {
			in.addPacked(at, p, bad)
			return true
		}
		err = fmt.Errorf("%w; what the leader has: %w", err, failed)
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

// addPacked has a message wait that stands for bad. When it is not sure how many these are
// the next ones, which will most likely fail, too, are not tried triesUnpack times again.
func (in *Ingester) addPacked(at *place, p *kgo.FetchTopicPartition, bad packed) {
	first := max(bad.begin, at.next)
	in.waiting = append(in.waiting, &message{
		record:  &kgo.Record{Topic: p.Topic, Partition: p.Partition, Offset: bad.next - 1, LeaderEpoch: bad.epoch},
		offsets: bad.next - first, turn: at.turn, reason: ReasonPacked, err: p.Err,
	})
	at.next, at.failed, at.packed, at.unsure = bad.next, 0, true, !bad.sure
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
