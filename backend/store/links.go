// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"slices"

	"github.com/go-spur/spur/backend/trace"
)

// Links counts calls, by parent and child, for the answer of an engine's Links.
type Links map[[2]string]*trace.Link

// Add counts a call. One within a service is none.
func (l Links) Add(parent, child string, failed bool) {
	errors := int64(0)
	if failed {
		errors = 1
	}
	l.AddCalls(parent, child, 1, errors)
}

// AddCalls counts so many calls, and those of them that failed.
func (l Links) AddCalls(parent, child string, calls, errors int64) {
	if parent == child {
		return
	}
	link := l[[2]string{parent, child}]
	if link == nil {
		link = &trace.Link{Parent: parent, Child: child}
		l[[2]string{parent, child}] = link
	}
	link.Calls += calls
	link.Errors += errors
}

// Answer returns the links, sorted by parent and child.
func (l Links) Answer() []trace.Link {
	out := make([]trace.Link, 0, len(l))
	for _, link := range l {
		out = append(out, *link)
	}
	slices.SortFunc(out, func(a, b trace.Link) int {
		return cmp.Or(cmp.Compare(a.Parent, b.Parent), cmp.Compare(a.Child, b.Child))
	})
	return out
}
