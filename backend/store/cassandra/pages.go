// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"errors"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

const (
	// firstPage is the number of rows in the first answer. Later ones are of about
	// pageBytes.
	firstPage = 100
	pageBytes = 4 << 20
)

// page is an answer with rows.
type page interface {
	gocql.Scanner
	// more is what the next page is asked for with, nil when this is the last.
	more() []byte
}

// pages is a Scanner over rows of very different sizes, which come some at a time: as many
// as the sizes of those before tell, and fewer when an answer was too large.
type pages struct {
	ask func(rows int, state []byte) page

	page  page
	state []byte
	size  int // rows of the next page
	rows  int // of this page
	bytes int
	ended bool
	err   error
}

func newPages(ask func(rows int, state []byte) page) *pages {
	return &pages{ask: ask, size: firstPage}
}

// Next implements gocql.Scanner.
func (p *pages) Next() bool {
	for !p.ended {
		if p.page == nil {
			p.page, p.rows, p.bytes = p.ask(p.size, p.state), 0, 0
		}
		if p.page.Next() {
			p.rows++
			return true
		}
		p.turn()
	}
	return false
}

// turn ends the page.
func (p *pages) turn() {
	more, err := p.page.more(), p.page.Err()
	p.page = nil
	switch {
	case errors.Is(err, gocql.ErrFrameTooBig) && p.rows == 0 && p.size > 1:
		p.size = max(p.size/10, 1)
	case err != nil || len(more) == 0:
		p.ended, p.err = true, err
	default:
		p.state = more
		if p.bytes > 0 {
			p.size = max(1, min(pageBytes*p.rows/p.bytes, 10*p.size, mostRows))
		}
	}
}

// Scan implements gocql.Scanner.
func (p *pages) Scan(dest ...any) error {
	err := p.page.Scan(dest...)
	for _, d := range dest {
		if b, ok := d.(*raw); ok {
			p.bytes += len(*b)
		}
	}
	return err
}

// Err implements gocql.Scanner.
func (p *pages) Err() error {
	if p.page != nil {
		p.err = p.page.Err()
		p.page = nil
	}
	p.ended = true
	return p.err
}
