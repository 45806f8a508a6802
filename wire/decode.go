// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"fmt"
	"strings"

	"github.com/go-spur/spur/model"
)

// DecodeCompactMessage reads an emitBatch message in the compact protocol. The
// result shares nothing with b. All that it holds lives in a few blocks of
// memory: who keeps one span for long keeps a Clone with cloned strings.
//
// Fields and types that jaeger.thrift does not know are skipped; of a field sent
// twice the last counts; bytes after the message are ignored. Text is not checked
// for being UTF-8. Times too large for nanoseconds become the nearest that is
// not. A reference of unknown type becomes FollowsFrom, and a tag of unknown type
// gets a text that says so.
func DecodeCompactMessage(b []byte) (*Message, error) { return decodeMessage(b, true) }

// DecodeBinaryMessage is DecodeCompactMessage for the binary protocol. The strict
// and the old form of the message header are both accepted.
func DecodeBinaryMessage(b []byte) (*Message, error) { return decodeMessage(b, false) }

// DecodeCompactBatch reads a Batch struct without a message around it, in the
// compact protocol, under the rules of DecodeCompactMessage.
func DecodeCompactBatch(b []byte) (*Batch, error) { return decodeBatch(b, true) }

// DecodeBinaryBatch is DecodeCompactBatch for the binary protocol: the body of a
// request to a collector.
func DecodeBinaryBatch(b []byte) (*Batch, error) { return decodeBatch(b, false) }

// unknownTagType is the value of a tag whose vType is not in TagType.
const unknownTagType = "(unknown tag type)"

func decodeMessage(b []byte, compact bool) (*Message, error) {
	d := decoder{reader: reader{b: b, compact: compact}}
	if d.message(); d.err != nil {
		return nil, d.err
	}
	d.second()
	m := d.message()
	return &m, nil
}

func decodeBatch(b []byte, compact bool) (*Batch, error) {
	d := decoder{reader: reader{b: b, compact: compact}}
	if d.batch(); d.err != nil {
		return nil, d.err
	}
	d.second()
	batch := d.batch()
	return &batch, nil
}

// decoder walks over the structs of jaeger.thrift twice.
type decoder struct {
	reader
	blocks
	process *model.Process
	stats   *ClientStats
}

// blocks hold what is decoded, in two walks over the input. The first finds every
// error and counts, without allocating; the second fills blocks of the counted size.
type blocks struct {
	fill  bool // the second walk
	spans slab[model.Span]
	tags  slab[model.Tag]
	logs  slab[model.Log]
	refs  slab[model.Reference]
	texts strings.Builder
	size  int // of texts
}

// alloc begins the second walk.
func (b *blocks) alloc() {
	b.fill = true
	b.spans.alloc()
	b.tags.alloc()
	b.logs.alloc()
	b.refs.alloc()
	b.texts.Grow(b.size)
}

// clone returns the text of a piece of input.
func (b *blocks) clone(input []byte, p piece) string {
	if !b.fill {
		b.size += p.n
		return ""
	}
	at := b.texts.Len()
	b.texts.Write(input[p.off : p.off+p.n])
	return b.texts.String()[at:]
}

// slab hands out parts of one block.
type slab[T any] struct {
	need int
	free []T
}

func (s *slab[T]) alloc() {
	if s.need > 0 {
		s.free = make([]T, s.need)
	}
}

func (s *slab[T]) take(n int) []T {
	if n == 0 {
		return nil
	}
	part := s.free[:n:n]
	s.free = s.free[n:]
	return part
}

// second starts the second walk.
func (d *decoder) second() {
	d.alloc()
	d.off, d.process = 0, new(model.Process)
}

// list reads a list of structs.
func list[T any](d *decoder, s *slab[T], elem func(*decoder) T) []T {
	n := d.structs()
	if !d.fill {
		s.need += n
		for ; n > 0 && d.err == nil; n-- {
			elem(d)
		}
		return nil
	}
	part := s.take(n)
	for i := range part {
		part[i] = elem(d)
	}
	return part
}

func (d *decoder) copied(p piece) string { return d.clone(d.b, p) }

// fields reads a struct. read gets each field and returns false for one that it
// does not want. The fields 1 to 15 that are set in want must be there.
func (d *decoder) fields(name string, want uint16, read func(id int16, typ byte) bool) {
	var seen uint16
	for id, typ := d.field(0); typ != tStop; id, typ = d.field(id) {
		if read(id, typ) {
			seen |= 1 << id
		} else {
			d.skip(typ)
		}
	}
	if missing := want &^ seen; missing != 0 && d.err == nil {
		id := 0
		for missing>>id&1 == 0 {
			id++
		}
		d.fail(fmt.Sprintf("%s without field %d", name, id))
	}
}

func (d *decoder) message() (m Message) {
	var name piece
	if d.compact {
		if d.byte() != compactProtocol {
			d.fail("not a compact message")
		}
		head := d.byte()
		if head&0x1f != compactVersion {
			d.fail("unknown version")
		}
		m.Type = head >> 5
		m.SeqID = int32(d.uvarint(32))
		name = d.text()
	} else {
		name, m.Type = d.binaryMessageType()
		m.SeqID = d.i32()
	}
	if d.err != nil {
		return m
	}
	if string(d.b[name.off:name.off+name.n]) != methodEmitBatch {
		d.err = fmt.Errorf("%w %q", ErrUnknownMethod, d.b[name.off:name.off+min(name.n, 64)])
		return m
	}
	m.Method = methodEmitBatch

	d.fields("emitBatch", 1<<1, func(id int16, typ byte) bool {
		if id != 1 || typ != tStruct {
			return false
		}
		m.Batch = d.batch()
		return true
	})
	return m
}

// binaryMessageType reads a message header up to the sequence id.
func (d *decoder) binaryMessageType() (name piece, typ byte) {
	head := d.next(4)
	if head == nil {
		return piece{}, 0
	}
	if head[0]&0x80 == 0 { // the old form begins with the name
		d.off -= 4
		name = d.text()
		return name, d.byte()
	}
	if head[0] != binaryStrictCall>>24 || head[1] != binaryStrictCall>>16&0xff {
		d.fail("unknown version")
	}
	return d.text(), head[3]
}
