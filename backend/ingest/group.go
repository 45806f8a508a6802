// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
)

// place is where a partition is read.
type place struct {
	turn   uint64 // the number of the assignment
	next   int64  // the offset that comes next, or -1 when nobody knows
	failed int    // how often reading has, since it last went well
	packed bool   // what comes next could not be unpacked, and waits to be passed
	unsure bool   // what comes next may be packed together with that
}

// assigned, revoked and lost are called one at a time. The first two wait for the
// batch that is being written.

func (in *Ingester) assigned(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	in.gate.Lock()
	defer in.gate.Unlock()
	in.turn++
	for _, p := range topics[in.config.Topic] {
		in.owned[p] = &place{turn: in.turn, next: -1}
	}
	in.mu.Lock()
	for p := range in.owned {
		in.books.partition(p)
	}
	in.mu.Unlock()
	in.log.Info("partitions to read", "topic", in.config.Topic, "partitions", topics[in.config.Topic])
}

// begin is called after assigned, with what the group has committed. It changes nothing.
func (in *Ingester) begin(_ context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	in.gate.Lock()
	defer in.gate.Unlock()
	for p, o := range offsets[in.config.Topic] {
		if at := in.owned[p]; at != nil {
			at.next = o.EpochOffset().Offset // -1 or -2 when the group has committed none
		}
	}
	return offsets, nil
}

func (in *Ingester) revoked(ctx context.Context, client *kgo.Client, topics map[string][]int32) {
	in.gate.Lock()
	defer in.gate.Unlock()
	ctx, cancel := context.WithTimeout(ctx, letterTime)
	defer cancel()
	if err := client.CommitMarkedOffsets(ctx); err != nil {
		in.log.Warn("offsets were not committed: who reads these partitions now stores some spans again", "error", err)
	}
	in.forget(topics)
}

func (in *Ingester) lost(_ context.Context, _ *kgo.Client, topics map[string][]int32) {
	in.gate.Lock()
	defer in.gate.Unlock()
	in.forget(topics)
}

func (in *Ingester) forget(topics map[string][]int32) {
	for _, p := range topics[in.config.Topic] {
		delete(in.owned, p)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, p := range topics[in.config.Topic] {
		delete(in.books.partitions, p)
	}
}
