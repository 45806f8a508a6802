// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"fmt"
	"slices"
	"sync"
)

var (
	_ Propagator = (*Textual)(nil)
	_ Statser    = (*Textual)(nil)
)

// Textual carries contexts in the headers of one or several formats, as the package
// documentation says. All methods may be called from any goroutine.
type Textual struct {
	kind     Kind
	names    *names
	reads    [numFields]bool // what Extract looks at
	from, to direction
	limits   Limits

	visitors  sync.Pool // of *visitor
	scratches sync.Pool // of *scratch
	counters  [families]counters
}

// Default makes spur's own choice: it extracts Jaeger's format, then W3C's, then
// B3, and injects Jaeger's and W3C's.
func Default(kind Kind, opts ...Option) (*Textual, error) {
	return Composite(kind, []Format{FormatJaeger, FormatW3C, FormatB3}, []Format{FormatJaeger, FormatW3C}, opts...)
}

// Jaeger makes a propagator of FormatJaeger alone, for one kind of carrier.
func Jaeger(kind Kind, opts ...Option) (*Textual, error) { return single(kind, FormatJaeger, opts) }

// W3C makes a propagator of FormatW3C alone, for one kind of carrier.
func W3C(kind Kind, opts ...Option) (*Textual, error) { return single(kind, FormatW3C, opts) }

// B3 makes a propagator of FormatB3 alone, for one kind of carrier. It reads both
// forms, with ids in either case and without their leading zeros, since real clients
// send them so; x-b3-sampled takes 0, 1, true and false. It writes x-b3-*, or b3 with
// WithB3Single.
func B3(kind Kind, opts ...Option) (*Textual, error) { return single(kind, FormatB3, opts) }

func single(kind Kind, f Format, opts []Option) (*Textual, error) {
	return Composite(kind, []Format{f}, []Format{f}, opts...)
}

// Composite makes a propagator of several formats for one kind of carrier:
// extract lists those that are read, inject those that are written, the preferred
// one first. Either list may be empty. It fails when a format is unknown, a header
// name cannot be one, a limit is negative or an option nil, and names it.
func Composite(kind Kind, extract, inject []Format, opts ...Option) (*Textual, error) {
	if kind != HTTP && kind != Text {
		return nil, fmt.Errorf("propagation: unknown kind of carrier %d", kind)
	}
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	p := &Textual{kind: kind, limits: c.limits}
	if p.from, err = newDirection(extract); err != nil {
		return nil, err
	}
	if p.to, err = newDirection(inject); err != nil {
		return nil, err
	}
	if c.b3Single && p.to.b3Multi {
		p.to.b3Single, p.to.b3Multi = true, false
	}
	if p.names, err = newNames(kind, &c, p.has); err != nil {
		return nil, err
	}
	if p.names.of[jaegerMember].lower == p.names.of[b3Member].lower {
		p.from.oneDialect()
		p.to.oneDialect()
	}
	for f := noField + 1; f < numFields; f++ {
		of, baggage := f.family()
		p.reads[f] = baggage && slices.Contains(p.from.baggage, of) || !baggage && p.from.hasIDs(of)
	}
	return p, nil
}

// oneDialect leaves members to Jaeger's dialect, as B3's has the same prefix.
func (d *direction) oneDialect() {
	if slices.Contains(d.baggage, jaeger) {
		d.baggage = slices.DeleteFunc(d.baggage, func(f family) bool { return f == b3 })
	}
}

func (p *Textual) has(f family) bool { return p.from.has(f) || p.to.has(f) }

// Stats returns the counters of each format, in the order of the package
// documentation: "jaeger", "w3c", "b3", those of them that are spoken.
func (p *Textual) Stats() []FormatStats {
	var s []FormatStats
	for f := range families {
		if p.has(f) {
			s = append(s, p.counters[f].snapshot(f.String()))
		}
	}
	return s
}

// corrupted says what is wrong with a header.
func (p *Textual) corrupted(f field, what, value string) error {
	return fmt.Errorf("%w: %s %s: %q", ErrCorrupted, p.names.of[f].text, what, shorten(value))
}

// tooLong refuses a header for its length.
func (p *Textual) tooLong(f field, value string) error {
	return fmt.Errorf("%w: %s has %d bytes, more than %d",
		ErrCorrupted, p.names.of[f].text, len(value), p.limits.IDHeaderBytes)
}
