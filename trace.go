// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"sync/atomic"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// trace is what the spans of one local trace share: a local root and its
// descendants in this process. It stands at offset 0 of every Span, where mostly a
// local root's is used, and in every detached context. Descendants reach it by
// pointer.
//
// The word stands apart from the span's mutex: tagging a child reads it while
// another core may be locking the root.
type trace struct {
	word  atomic.Uint32
	shard uint8 // of the tracer's counters, in the low bits; the high ones belong to the Span: spanBits
	era   uint8 // of the tracer's clock: one wall-clock offset for the whole local trace

	opLen uint16     // belongs to the Span: length of its operation name
	ext   *extension // belongs to the Span; of the local root: for the whole trace. Set before anyone else sees it
}

// The word: Jaeger's flags byte, then the state bits.
const (
	wordSampled  = uint32(model.FlagSampled)
	wordDebug    = uint32(model.FlagDebug)
	wordFirehose = uint32(model.FlagFirehose)

	wordUndecided   uint32 = 1 << 8  // a Late sampler will be asked again; spans are recorded meanwhile
	wordDetached    uint32 = 1 << 9  // no span stands behind the context: it was extracted, or made from a model.Context
	wordRemote      uint32 = 1 << 10 // the context was extracted
	wordDeferred    uint32 = 1 << 11 // whoever made the context left the decision to us
	wordW3CRandom   uint32 = 1 << 12
	wordObserved    uint32 = 1 << 13 // the tracer has observers: they are told of unrecorded spans as well
	wordPassing     uint32 = 1 << 14 // of a disabled tracer: nothing is recorded, the caller's flags stand in the top byte
	wordRecording          = wordSampled | wordUndecided
	wordPassedShift        = 24
)

// What trace.shard says of one span, fixed when it starts.
const (
	spanShard        uint8 = counterShards - 1
	spanParentRef    uint8 = 1 << 5 // its only reference is its parent
	spanFollows      uint8 = 1 << 6 // and of type FOLLOWS_FROM
	spanRemoteParent uint8 = 1 << 7 // its parent is in another process
)

// extension holds what few spans need. Every span points at one; spans without
// anything of their own share the tracer's.
type extension struct {
	tracer *Tracer
	refs   []model.Reference // when they are not just the parent

	droppedRefs uint32

	// Of the local root, for the whole local trace:
	extra *model.Extra        // debug id, tracestate
	late  *sampler.TraceState // while undecided
	root  *Span               // while undecided: where the sampler's tags go

	parent      sampler.ParentKind // while undecided: what Sample was told
	parentFlags model.Flags
}

// recording reports whether spans of the trace keep their tags and logs.
func (t *trace) recording() bool { return t.word.Load()&wordRecording != 0 }

// flags returns the byte that travels.
func (t *trace) flags() model.Flags { return flagsOf(t.word.Load()) }

func flagsOf(w uint32) model.Flags {
	if w&wordPassing != 0 {
		return model.Flags(w >> wordPassedShift)
	}
	return model.Flags(w)
}

// set turns bits on.
func (t *trace) set(bits uint32) { t.word.Or(bits) }

// replace turns the bits of off off and those of on on, in one step.
func (t *trace) replace(off, on uint32) {
	for {
		w := t.word.Load()
		if t.word.CompareAndSwap(w, w&^off|on) {
			return
		}
	}
}
