// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// run reads and stores, one batch after the other, until the Ingester stops.
func (in *Ingester) run() {
	for in.stopping.Err() == nil {
		in.gather()
		for len(in.waiting) > 0 && in.stopping.Err() == nil {
			in.store(in.take())
		}
	}
}

// gather reads what arrives within batchDelay of the first message. It waits for that
// until the Ingester stops.
func (in *Ingester) gather() {
	in.poll(in.stopping)
	if len(in.waiting) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(in.stopping, batchDelay)
	defer cancel()
	for len(in.waiting) < batchMessages && in.waitingBytes() < batchBytes && ctx.Err() == nil {
		in.poll(ctx)
	}
}

// poll reads messages that are there, so that up to batchMessages wait.
func (in *Ingester) poll(ctx context.Context) {
	before := len(in.waiting)
	got := in.client.PollRecords(ctx, batchMessages-before)
	pause := in.sort(ctx, got)
	in.client.AllowRebalance() // what was read is known to be of these assignments
	if pause > 0 {
		in.sleep(pause) // not to spin
	} else if len(in.waiting) > before {
		in.watch.Note(nil)
	}
}

// sort has the records of got wait, and deals with its errors. It returns how long to pause
// because of them. It takes up to letterTime, for all of them together; a rebalance waits
// for that.
func (in *Ingester) sort(ctx context.Context, got kgo.Fetches) (pause time.Duration) {
	in.gate.Lock()
	defer in.gate.Unlock()
	asking, cancel := context.WithTimeout(in.stopping, letterTime)
	defer cancel()
	got.EachPartition(func(p kgo.FetchTopicPartition) {
		switch at := in.owned[p.Partition]; {
		case p.Topic != "" && at != nil:
			in.add(at, &p)
			if p.Err != nil && ctx.Err() == nil && !in.broken(asking, at, &p) {
				pause = max(pause, firstPause<<min(at.failed, 4))
			}
		case p.Err != nil && ctx.Err() == nil && !errors.Is(p.Err, kgo.ErrClientClosed):
			in.watch.Note(p.Err)
			pause = time.Second
		}
	})
	return pause
}

// add has the records of p wait, which is read at.
func (in *Ingester) add(at *place, p *kgo.FetchTopicPartition) {
	for _, r := range p.Records {
		m := &message{record: r, turn: at.turn, offsets: 1}
		if at.next >= 0 { // what is missing behind the log's start are transactions' marks, or was compacted
			m.missed = max(0, min(r.Offset, p.LogStartOffset)-at.next)
		}
		in.waiting = append(in.waiting, m)
		at.next = r.Offset + 1
	}
	if len(p.Records) > 0 {
		at.failed, at.unsure = 0, false
		in.unstick(p.Partition)
	}
}

// sleep returns early when the Ingester stops.
func (in *Ingester) sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-in.stopping.Done():
	}
}

// take returns the first messages that wait, of about batchBytes.
func (in *Ingester) take() *batch {
	b := &batch{}
	for b.bytes < batchBytes && len(in.waiting) > 0 {
		m := in.waiting[0]
		in.waiting = in.waiting[1:]
		b.messages = append(b.messages, m)
		b.bytes += len(m.record.Value)
	}
	return b
}

func (in *Ingester) waitingBytes() (n int) {
	for _, m := range in.waiting {
		n += len(m.record.Value)
	}
	return n
}
