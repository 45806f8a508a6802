// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// FuzzEndOf: whatever a broker sends, what comes next is after what was asked for, and the
// head of a batch is believed when it is one.
func FuzzEndOf(f *testing.F) {
	batch := kmsg.RecordBatch{Magic: 2, FirstOffset: 40, PartitionLeaderEpoch: 7, LastOffsetDelta: 9, NumRecords: 10}
	good := batch.AppendTo(nil)
	f.Add(good, int64(42))
	f.Add(good[:30], int64(42))
	f.Add([]byte{}, int64(0))
	if next, epoch := endOf(good, 42); next != 50 || epoch != 7 {
		f.Errorf("offset %d and epoch %d come after 40 to 49, want 50 and 7", next, epoch)
	}
	f.Fuzz(func(t *testing.T, batch []byte, first int64) {
		if first < 0 || first == 1<<63-1 {
			return
		}
		if next, _ := endOf(batch, first); next <= first {
			t.Errorf("%d comes after %d", next, first)
		}
	})
}
