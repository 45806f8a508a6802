// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/backend/trace"
)

// known is a trace that the writer remembers, with all its spans.
type known struct {
	row        int64 // trace.id
	start, end uint64
	spans      int64
	kept       bool
	hashes     []uint64
	index      map[uint64]struct{} // instead of hashes, when there are many

	// The part of it that lies in the block that is being written.
	block              int64
	partStart, partEnd uint64
	refs               []byte
}

// maxUnindexed is the number of hashes that are looked through one by one.
const maxUnindexed = 32

func (k *known) has(hash uint64) bool {
	if k.index != nil {
		_, ok := k.index[hash]
		return ok
	}
	for _, h := range k.hashes {
		if h == hash {
			return true
		}
	}
	return false
}

func (k *known) remember(hash uint64) {
	if k.index != nil {
		k.index[hash] = struct{}{}
		return
	}
	k.hashes = append(k.hashes, hash)
	if len(k.hashes) > maxUnindexed {
		k.index = make(map[uint64]struct{}, 2*len(k.hashes))
		for _, h := range k.hashes {
			k.index[h] = struct{}{}
		}
		k.hashes = nil
	}
}

// duration is what trace.Summarize says of a trace's.
func duration(start, end uint64) int64 { return int64(min(end-start, 1<<63-1)) }

// times returns the start of s, and its end, which is not before it.
func times(s trace.Span) (start, end uint64) {
	start = uint64(s.StartTimestamp())
	return start, max(start, uint64(s.EndTimestamp()))
}

// part.refs has refSize bytes for each span: its index in the block and its
// hash.
const refSize = 2 + 8

func appendRef(b []byte, index int, hash uint64) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint16(b, uint16(index)), hash)
}

// hasher makes the hash by which doubles are told: the same on every machine,
// and hard to make equal for spans that are not.
type hasher struct{ buf []byte }

// hash returns that of a span below a head with the hash head.
func (h *hasher) hash(head [8]byte, span []byte) uint64 {
	h.buf = append(append(h.buf[:0], head[:]...), span...)
	sum := sha256.Sum256(h.buf)
	return binary.LittleEndian.Uint64(sum[:])
}

// hashHead is the hash of a span's resource and scope.
func hashHead(e trace.Encoded) [8]byte {
	sum := sha256.Sum256(append(appendBytes(nil, e.Resource), e.Scope...))
	return [8]byte(sum[:])
}

// traces are those the writer remembers: those that were used last, and before
// them old ones, so that one that is always used is never forgotten.
type traces struct {
	byID, old map[pcommon.TraceID]*known
	hashes    int // of byID
}

// find makes ids known, as far as they are in the file.
func (t *traces) find(ctx context.Context, c *conn, ids []pcommon.TraceID) error {
	if t.hashes > maxKnownHashes || t.byID == nil {
		t.byID, t.old, t.hashes = map[pcommon.TraceID]*known{}, t.byID, 0
	}
	var unknown []any
	for _, id := range ids {
		if t.byID[id] != nil {
			continue
		}
		k := t.old[id]
		if k == nil {
			k = &known{}
			unknown = append(unknown, id[:])
		}
		t.byID[id] = k
		t.hashes += len(k.hashes) + len(k.index)
	}
	byRow := map[int64]*known{}
	var rows []any
	err := c.eachOf(ctx, "SELECT id, trace_id, start, end, spans, kept FROM trace WHERE trace_id IN ", unknown, func(scan func(...any) error) error {
		var row, start, end, spans int64
		var id []byte
		var kept bool
		if err := scan(&row, &id, &start, &end, &spans, &kept); err != nil {
			return err
		}
		k := t.byID[pcommon.TraceID(id)]
		k.row, k.start, k.end, k.spans, k.kept = row, uint64(start), uint64(end), spans, kept
		byRow[row] = k
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	return c.eachOf(ctx, "SELECT trace, refs FROM part WHERE trace IN ", rows, func(scan func(...any) error) error {
		var row int64
		var refs []byte
		if err := scan(&row, &refs); err != nil {
			return err
		}
		k := byRow[row]
		for ; len(refs) >= refSize; refs = refs[refSize:] {
			k.remember(binary.LittleEndian.Uint64(refs[2:]))
			t.hashes++
		}
		return nil
	})
}
