// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"math"
	"testing"
)

// TestReadHead: the head of a batch is believed when its checksum is right, or its offsets
// are as many as its messages.
func TestReadHead(t *testing.T) {
	const first, end = 42, 1000
	one := packed{begin: first, next: first + 1, epoch: -1}
	all := packed{begin: 40, next: 50, epoch: 7, sure: true}
	damaged := func(batch []byte) []byte { batch[len(batch)-1]++; return batch }
	records := []byte("something")
	for name, c := range map[string]struct {
		batch []byte
		want  packed
	}{
		"whole":               {packedBatch(40, 9, 10, records), all},
		"damaged":             {damaged(packedBatch(40, 9, 10, records)), all},
		"compacted":           {packedBatch(40, 9, 2, records), all},
		"compacted, damaged":  {damaged(packedBatch(40, 9, 2, records)), one},
		"behind what is gone": {packedBatch(60, 9, 10, records), packed{begin: 60, next: 70, epoch: 7, sure: true}},
		"before":              {packedBatch(30, 9, 10, records), one},
		"past the end":        {packedBatch(40, end, end+1, records), one},
		"past all offsets":    {packedBatch(math.MaxInt64-1, 9, 10, records), one},
		"of none":             {packedBatch(60, -1, 0, records), one},
		"cut":                 {packedBatch(40, 9, 10, records)[:60], one},
		"nothing":             {nil, one},
	} {
		if got := readHead(c.batch, first, end); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// TestFirstBatch: only what is packed together with the first message is looked at.
func TestFirstBatch(t *testing.T) {
	one, two := packedBatch(40, 9, 10, []byte("one")), packedBatch(50, 9, 10, []byte("two"))
	if got := firstBatch(append(one[:len(one):len(one)], two...)); string(got) != string(one) {
		t.Errorf("%d bytes are the first batch, want %d", len(got), len(one))
	}
}

// FuzzReadHead: whatever a broker sends, what comes next is after what was asked for, and not
// past the end.
func FuzzReadHead(f *testing.F) {
	batch := packedBatch(40, 9, 10, []byte("something"))
	f.Add(batch, int64(42))
	f.Add(batch[:30], int64(42))
	f.Add([]byte{}, int64(0))
	f.Fuzz(func(t *testing.T, batch []byte, first int64) {
		if first < 0 || first == math.MaxInt64 {
			return
		}
		got := readHead(firstBatch(batch), first, math.MaxInt64-1)
		if got.next <= first || got.next <= got.begin || got.sure && got.next == math.MaxInt64 {
			t.Errorf("%+v comes after %d", got, first)
		}
	})
}
