// SPDX-License-Identifier: Apache-2.0

package forward

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/go-spur/spur/backend/send"
)

// segment is a file of the spool.
type segment struct {
	number uint64
	path   string
	file   *os.File // nil while it is neither written nor read
	size   int64
	read   int64 // where the next record to send begins
	unread int   // spans behind that, which wait
	open   int   // items that are on their way
	gone   bool  // the file is removed
}

const extension = ".spool"

func newSegment(dir string, number uint64) (*segment, error) {
	g := &segment{number: number, path: filepath.Join(dir, fmt.Sprintf("%012d%s", number, extension))}
	var err error
	g.file, err = os.OpenFile(g.path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return g, err
}

// findSegments returns the files of a folder, the oldest first.
func findSegments(dir string) (all []*segment, _ error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, ours := strings.CutSuffix(e.Name(), extension)
		number, err := strconv.ParseUint(name, 10, 64)
		if !ours || err != nil || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		all = append(all, &segment{number: number, path: filepath.Join(dir, e.Name()), size: info.Size()})
	}
	slices.SortFunc(all, func(a, b *segment) int { return cmp.Compare(a.number, b.number) })
	return all, nil
}

// ready opens the file if it is not.
func (g *segment) ready() (err error) {
	if g.file == nil {
		g.file, err = os.OpenFile(g.path, os.O_RDWR, 0)
	}
	return err
}

// count sets how many spans wait, and says whether a part cannot be read. It reads
// no batch, and closes the file again: there may be many.
func (g *segment) count() (damaged bool, err error) {
	if err := g.ready(); err != nil {
		return false, err
	}
	for offset := int64(0); offset < g.size && err == nil; {
		var h head
		var at int64
		var ok bool
		h, at, ok, err = nextHead(g.file, offset, g.size)
		damaged = damaged || at != offset || !ok
		if offset = g.size; ok {
			offset = at + headSize + h.length
		}
		if ok && !h.done {
			g.unread += h.spans
		}
	}
	err = errors.Join(err, g.file.Close())
	g.file = nil
	return damaged, err
}

// next returns the next batch that waits, or nil at the end. damaged is called for
// each place that cannot be read, with the number of spans, if that is known.
func (g *segment) next(damaged func(spans int)) (*item, error) {
	if err := g.ready(); err != nil {
		return nil, err
	}
	for g.read < g.size {
		h, at, ok, err := nextHead(g.file, g.read, g.size)
		if err != nil {
			return nil, err
		}
		if at != g.read || !ok {
			damaged(0)
		}
		if !ok {
			g.read = g.size
			break
		}
		g.read = at + headSize + h.length
		if h.done {
			continue
		}
		otlp := make([]byte, h.length)
		if _, err := g.file.ReadAt(otlp, at+headSize); err != nil {
			return nil, err
		}
		spans := min(h.spans, g.unread)
		g.unread -= spans
		if crc32.Checksum(otlp, castagnoli) != h.sum {
			damaged(spans)
			continue
		}
		g.open++
		return &item{batch: send.Batch{OTLP: otlp, Spans: spans}, segment: g, offset: at}, nil
	}
	return nil, nil
}

// remove removes the file.
func (g *segment) remove() error {
	g.gone = true
	var err error
	if g.file != nil {
		err = g.file.Close()
		g.file = nil
	}
	return errors.Join(err, os.Remove(g.path))
}
