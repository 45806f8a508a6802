// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"database/sql"
	"errors"
	"math"
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// leaf is a term of a query, made ready to be looked up.
type leaf struct {
	term *trace.Term
	// Of tags and fields: spans with one of the tokens in sure meet the term,
	// those with one in perhaps may. When negated is set, it is spans with one
	// of exists or existsPerhaps that do not.
	sure, perhaps         []tokens
	negated               bool
	exists, existsPerhaps []tokens
	// Of links: the segments (segment.id) that do not know theirs.
	unknown map[int64]bool
	// Of the trace's duration: the traces that meet the term.
	traces *traceSet
}

func exactly(t token) tokens { return tokens{first: t, last: t} }

// resolve finds out which tokens are meant.
func (r *snapshot) resolve(l *leaf) (err error) {
	switch l.term.Field {
	case trace.FieldTag:
		return r.tag(l)
	case trace.FieldService:
		return r.values(l, keyService)
	case trace.FieldName:
		return r.values(l, keyName)
	case trace.FieldKind:
		return r.values(l, keyKind)
	case trace.FieldStatus:
		return r.values(l, keyStatus)
	case trace.FieldLink:
		l.sure = []tokens{exactly(reference(l.term.ID))}
		l.unknown, err = r.without(columnReferences)
		return err
	case trace.FieldTraceDuration:
		return r.durations(l)
	default:
		return nil
	}
}

// tag makes l ready, whose term is of a tag.
func (r *snapshot) tag(l *leaf) error {
	var others bool
	if err := r.one("SELECT EXISTS (SELECT 1 FROM key WHERE id = ?)", []any{int64(otherKeys)}, &others); err != nil {
		return err
	}
	var id keyID
	err := r.one("SELECT id FROM key WHERE name = ?", []any{[]byte(l.term.Key)}, &id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		l.negated = l.term.Cmp == trace.CmpNotEqual || l.term.Cmp == trace.CmpNotMatch
	case err != nil:
		return err
	default:
		if err := r.values(l, id); err != nil {
			return err
		}
	}
	if others {
		some := exactly(otherKeys.with(valueLong))
		l.perhaps = append(l.perhaps, some)
		l.existsPerhaps = append(l.existsPerhaps, some)
	}
	return nil
}

// values makes l ready, whose term is of the values of a key.
func (r *snapshot) values(l *leaf, k keyID) error {
	t := l.term
	all := tokens{first: k.first(), last: k.last()}
	l.negated = t.Cmp == trace.CmpNotEqual || t.Cmp == trace.CmpNotMatch
	l.exists = []tokens{all}
	switch t.Cmp {
	case trace.CmpExists:
		l.sure = l.exists
		return nil
	case trace.CmpEqual, trace.CmpNotEqual:
		l.equal(k)
		return nil
	}
	only := map[token]struct{}{}
	err := r.each(r.ctx, "SELECT text, token FROM value WHERE key = ?", []any{int64(k)}, func(scan func(...any) error) error {
		var text string
		var tok token
		if err := scan(&text, &tok); err != nil {
			return err
		}
		if t.MatchText(text) != l.negated {
			only[tok] = struct{}{}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(only) <= fewTokens {
		for tok := range only {
			l.sure = append(l.sure, exactly(tok))
		}
	} else {
		l.sure = []tokens{{all.first, all.last, only}}
	}
	l.perhaps = []tokens{{first: k.with(valueUnlisted), last: k.with(valueLong)}}
	return nil
}

// equal makes l ready, whose term is of equality.
func (l *leaf) equal(k keyID) {
	t := l.term
	if len(t.Text) >= maxText {
		l.perhaps = append(l.perhaps, exactly(k.with(valueLong)))
	} else {
		l.sure = append(l.sure, exactly(k.text(t.Text)))
	}
	if !t.Number.Valid {
		return
	}
	c := canonical(t.Number)
	numbers := []tokens{exactly(k.alias(c))}
	if c != t.Text {
		numbers = append(numbers, exactly(k.text(c)))
	}
	if t.Number.IsInt || math.Abs(t.Number.Float) < 1<<63 {
		l.sure = append(l.sure, numbers...)
	} else {
		l.perhaps = append(l.perhaps, numbers...) // integers this large are not told apart as floats
	}
}

// durations makes l ready, whose term is of the trace's duration.
func (r *snapshot) durations(l *leaf) error {
	where, args := "", []any(nil)
	if op, ok := sqlComparison(l.term.Cmp); ok && l.term.Number.IsInt {
		where, args = " WHERE duration "+op+" ?", []any{l.term.Number.Int}
	}
	l.traces = newTraceSet()
	return r.each(r.ctx, "SELECT id, duration FROM trace"+where, args, func(scan func(...any) error) error {
		var row, duration int64
		if err := scan(&row, &duration); err != nil {
			return err
		}
		if l.term.MatchInt(duration) {
			l.traces.add(row)
		}
		return nil
	})
}

func sqlComparison(c trace.Cmp) (op string, ok bool) {
	switch c {
	case trace.CmpLess:
		return "<", true
	case trace.CmpLessEqual:
		return "<=", true
	case trace.CmpGreater:
		return ">", true
	case trace.CmpGreaterEqual:
		return ">=", true
	default:
		return "", false
	}
}

// bounds are two sets of spans of a segment: those that meet a condition for
// sure, and those that may, which include them.
// When they are the same set, they are the same memory.
type bounds struct{ sure, may bitset }

func exact(set bitset) bounds { return bounds{set, set} }

func (b *bounds) isExact() bool { return len(b.sure) == 0 || &b.sure[0] == &b.may[0] }

// and leaves in b what is in x as well.
func (b *bounds) and(x bounds) {
	b.fit(x)
	b.sure.and(x.sure)
	b.may.and(x.may)
}

// or adds x to b.
func (b *bounds) or(x bounds) {
	b.fit(x)
	b.sure.or(x.sure)
	b.may.or(x.may)
}

// fit makes b two sets if x is two.
func (b *bounds) fit(x bounds) {
	if b.isExact() && !x.isExact() {
		b.may = slices.Clone(b.may)
	}
}

// without removes x from b.
func (b *bounds) without(x bounds) {
	b.fit(x)
	b.sure.andNot(x.may)
	b.may.andNot(x.sure)
}

// eval returns the spans of seg that meet the term. Only those in among matter,
// if it is not nil.
func (r *snapshot) eval(seg *segment, l *leaf, among bitset) (bounds, error) {
	switch {
	case l.term.Field == trace.FieldText, seg.tail == nil && l.unknown[seg.first]:
		return bounds{newBitset(seg.n), fullBitset(seg.n)}, nil
	case l.term.Field == trace.FieldDuration:
		if err := r.load(seg, columnDuration); err != nil {
			return bounds{}, err
		}
		return exact(seg.where(among, func(i uint64) bool { return l.term.MatchInt(seg.cols.duration[i]) })), nil
	case l.term.Field == trace.FieldTraceDuration:
		if err := r.load(seg, columnTrace); err != nil {
			return bounds{}, err
		}
		return exact(seg.where(among, func(i uint64) bool { return l.traces.has(seg.cols.trace[i]) })), nil
	}
	b, err := r.having(seg, l.sure, l.perhaps)
	if err != nil || !l.negated {
		return b, err
	}
	e, err := r.having(seg, l.exists, l.existsPerhaps)
	e.without(b)
	return e, err
}

// where returns the spans that f is true of, of those among, or of all.
func (seg *segment) where(among bitset, f func(i uint64) bool) bitset {
	set := newBitset(seg.n)
	if among == nil {
		among = fullBitset(seg.n)
	}
	for i := range among.all() {
		if i < uint64(seg.n) && f(i) {
			set.set(i)
		}
	}
	return set
}

// having returns the spans of seg that have one of the tokens in sure, and those
// that have one of them or of those in perhaps.
func (r *snapshot) having(seg *segment, sure, perhaps []tokens) (bounds, error) {
	b := exact(newBitset(seg.n))
	if err := r.find(seg, sure, b.sure); err != nil || len(perhaps) == 0 {
		return b, err
	}
	may := slices.Clone(b.sure)
	if err := r.find(seg, perhaps, may); err != nil {
		return b, err
	}
	if !slices.Equal(may, b.sure) {
		b.may = may
	}
	return b, nil
}
