// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// keeper copies spans into blocks of archived ones.
type keeper struct {
	w     *writer
	next  int64 // the number of the block
	block blockWriter
	parts map[int64]*keptPart

	source      []trace.Encoded // the block that was read last
	sourceBlock int64
}

// keptPart is a part of a trace in the block that is being written.
type keptPart struct {
	start, end uint64
	refs       []byte
}

// part copies a part of a trace.
func (k *keeper) part(row, block int64, refs []byte) error {
	if k.source == nil || k.sourceBlock != block {
		var body []byte
		if err := k.w.one("SELECT body FROM block WHERE id = ?", []any{block}, &body); err != nil {
			return err
		}
		var err error
		if k.source, err = readBlock(body); err != nil {
			return err
		}
		k.sourceBlock = block
	}
	for ; len(refs) >= refSize; refs = refs[refSize:] {
		i := int(binary.LittleEndian.Uint16(refs))
		if i >= len(k.source) {
			return fmt.Errorf("block %d: %w", block, errCorrupt)
		}
		if err := k.span(row, k.source[i], binary.LittleEndian.Uint64(refs[2:])); err != nil {
			return err
		}
	}
	return nil
}

func (k *keeper) span(row int64, e trace.Encoded, hash uint64) error {
	td, err := trace.Decode([]trace.Encoded{e})
	if err != nil {
		return err
	}
	if k.parts == nil {
		k.parts = map[int64]*keptPart{}
		k.block.reset()
	}
	for s := range trace.Spans(td) {
		start, end := times(s)
		p := k.parts[row]
		if p == nil {
			p = &keptPart{start: start, end: end}
			k.parts[row] = p
		}
		p.start, p.end = min(p.start, start), max(p.end, end)
		p.refs = appendRef(p.refs, k.block.add(e), hash)
	}
	if k.block.full() {
		return k.flush()
	}
	return nil
}

func (k *keeper) flush() error {
	if k.block.count == 0 {
		return nil
	}
	err := k.w.exec("INSERT INTO block (id, spans, arrived, body) VALUES (?, ?, ?, ?)", k.next, int64(k.block.count), time.Now().Unix(), k.block.body())
	if err != nil {
		return err
	}
	rows := make([]any, 0, 5*len(k.parts))
	for row, p := range k.parts {
		rows = append(rows, row, k.next, int64(p.start), int64(p.end), p.refs)
	}
	k.next += int64(k.block.count)
	k.parts = nil
	k.block.reset()
	return k.w.insert("INSERT INTO part (trace, block, start, end, refs)", "", 5, rows)
}
