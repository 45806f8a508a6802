// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"bytes"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/trace"
)

// TestHeadOnce: what spans share is read once, and what is equal elsewhere is not
// kept again.
func TestHeadOnce(t *testing.T) {
	e := trace.Encoded{Resource: []byte("resource"), Scope: []byte("scope")}
	equal := trace.Encoded{Resource: bytes.Clone(e.Resource), Scope: bytes.Clone(e.Scope)}
	other := trace.Encoded{Resource: bytes.Clone(e.Resource), Scope: e.Resource}
	rs := ptrace.NewResourceSpans()
	s := trace.Span{Resource: rs, Scope: ptrace.NewScopeSpans(), Span: ptrace.NewSpan()}
	var h heads
	var w blockWriter
	w.reset()
	d := newDictionary()
	first := h.of(d, s, e)
	w.add(e)
	if h.of(d, s, equal) != first || h.of(d, s, other) == first {
		t.Error("heads are told apart by where they are")
	}
	w.add(equal)
	w.add(other)
	clear(e.Resource) // who looks at it again sees another
	if h.of(d, s, e) != first {
		t.Error("a head is looked at for each span")
	}
	w.add(e)
	if len(w.index) != 2 {
		t.Errorf("%d heads in a block", len(w.index))
	}
}
