// SPDX-License-Identifier: Apache-2.0

package model

import (
	"iter"
	"strings"
)

// Member is one baggage item. Properties is what follows the first ';' of a W3C
// baggage member, kept as it came; Jaeger's formats leave it empty.
type Member struct {
	Key, Value, Properties string
}

// Baggage is an immutable list of members, newest first, each key once. Adding a
// member makes a new head that shares the rest, so contexts handed out earlier
// keep what they had. All methods accept a nil receiver, the empty list, and may
// be called from any goroutine.
type Baggage struct {
	member Member
	next   *Baggage
	count  int // members from here on
}

// NewBaggage makes a list of members in one allocation; later members are the
// newer ones and replace earlier ones of the same key. It keeps the strings, not
// the slice. No members make a nil list.
func NewBaggage(members ...Member) *Baggage {
	if len(members) == 0 {
		return nil
	}
	nodes := make([]Baggage, len(members))
	var head *Baggage
	for i := range members {
		head = nodes[i].Link(members[i], head)
	}
	return head
}

// Link makes b, a zero Baggage that nobody else has seen, the head of a list:
// m before tail, without tail's member of the same key. It returns b. It exists
// so that the head can live inside a larger object; others use With.
func (b *Baggage) Link(m Member, tail *Baggage) *Baggage {
	tail = tail.Without(m.Key)
	b.member, b.next, b.count = m, tail, tail.Len()+1
	return b
}

// With returns a list with m as its newest member, replacing one of the same key.
func (b *Baggage) With(m Member) *Baggage { return new(Baggage).Link(m, b) }

// Without returns a list without key, or b itself when key is not in it.
func (b *Baggage) Without(key string) *Baggage {
	if _, found := b.Get(key); !found {
		return b
	}
	return b.without(key)
}

// without copies the members before key and shares those behind it.
func (b *Baggage) without(key string) *Baggage {
	if b.member.Key == key {
		return b.next
	}
	rest := b.next.without(key)
	return &Baggage{member: b.member, next: rest, count: rest.Len() + 1}
}

// Get returns the member called key. Keys are case-sensitive.
func (b *Baggage) Get(key string) (Member, bool) {
	for ; b != nil; b = b.next {
		if b.member.Key == key {
			return b.member, true
		}
	}
	return Member{}, false
}

// Find returns the member called key, else the newest one whose key differs from it
// in case alone.
func (b *Baggage) Find(key string) (Member, bool) {
	if m, found := b.Get(key); found {
		return m, true
	}
	for ; b != nil; b = b.next {
		if strings.EqualFold(b.member.Key, key) {
			return b.member, true
		}
	}
	return Member{}, false
}

// Len returns the number of members.
func (b *Baggage) Len() int {
	if b == nil {
		return 0
	}
	return b.count
}

// All iterates over the members, newest first.
func (b *Baggage) All() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for n := b; n != nil; n = n.next {
			if !yield(n.member) {
				return
			}
		}
	}
}
