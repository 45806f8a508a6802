// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"sync/atomic"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// word is what is decided about a local trace: a local root and its descendants in
// this process. It lives in the local root, or in a context that came from
// elsewhere, and all spans of the trace point at it. The low byte holds Jaeger's
// flags, the bits above it say how they came about, and the top byte holds what a
// caller wants that we pass on without doing it.
type word uint32

const (
	wordSampled  = word(model.FlagSampled)
	wordDebug    = word(model.FlagDebug)
	wordFirehose = word(model.FlagFirehose)

	wordUndecided word = 1 << 8                                   // a Late sampler will be asked again; spans are recorded meanwhile
	wordDetached  word = 1 << 9                                   // no span of ours stands behind the context: it was extracted, or made from a model.Context
	wordDeferred       = word(model.StateDeferred) << stateShift  // whoever made the context left the decision to us
	wordRemote         = word(model.StateRemote) << stateShift    // the context was extracted
	wordRandom         = word(model.StateW3CRandom) << stateShift // the trace id is random (W3C level 2)
	wordDecided        = word(model.StateDecided) << stateShift   // the context has no ids, but its flags are the caller's decision
	wordObserved  word = 1 << 14                                  // the tracer has observers: they are told of unrecorded spans as well
	wordPassing   word = 1 << 15                                  // of a disabled tracer: nothing is recorded

	wordState          = wordDeferred | wordRemote | wordRandom | wordDecided
	stateShift         = 10
	wordPassedOn  word = 0xff << passedShift
	passedShift        = 24
	wordRecording      = wordSampled | wordUndecided
)

// answer is what a sampler says.
type answer uint8

const (
	notAsked answer = iota
	answerNo
	answerYes
	answerFirehose
	answerUndecided
	answers // how many there are
)

// votes is everything that has a say in a word. The zero votes make the word of a
// new trace that is not sampled.
type votes struct {
	now      word // of a trace that exists already; 0 for a new one
	caller   word // of the parent in another trace, or of a context without ids that is a decision
	debugID  bool // the caller sent jaeger-debug-id
	granted  bool // the debug throttler's answer, where it is to be asked: see asksDebug
	random   bool // we made a trace id, at random
	sampler  answer
	priority int  // the tag sampling.priority: its sign counts
	noDebug  bool // sampling.priority sets no debug flag
	observed bool // the tracer has observers
	disabled bool // the tracer is disabled
}

// asksDebug reports whether somebody outside this process asks for debug, so that
// the debug throttler has a say.
func (v *votes) asksDebug() bool {
	return v.debugID || v.caller&wordDetached != 0 && v.caller.wantsDebug()
}

// wantsDebug: without the sampled flag the debug flag asks for nothing.
func (w word) wantsDebug() bool {
	const both = model.FlagSampled | model.FlagDebug
	return w.flags()&both == both
}

// decide is where words come from: a pure function, of which TestDecide is the table.
func decide(v *votes) word {
	const wishes = model.FlagDebug | model.FlagFirehose // mean something beside FlagSampled alone
	flags := v.caller.flags()
	if v.disabled {
		return wordPassing | wordDetached | v.caller&(wordDeferred|wordRemote|wordDecided|wordRandom) | word(flags)<<passedShift
	}
	w := v.now
	if w&wordPassing != 0 {
		return w
	}
	w |= v.caller&wordRandom | word(flags&^(model.FlagSampled|wishes)) // unknown flags are carried along
	if flags.IsSampled() {
		w |= word(flags & model.FlagFirehose)
	} else {
		w |= word(flags&wishes) << passedShift
	}
	if v.debugID && v.granted || v.caller.wantsDebug() && (v.granted || !v.asksDebug()) {
		w |= wordSampled | wordDebug
	}
	if v.random {
		w |= wordRandom
	}
	if v.observed {
		w |= wordObserved
	}
	switch v.sampler {
	case answerNo:
		w &^= wordUndecided
	case answerYes:
		w = w&^wordUndecided | wordSampled
	case answerFirehose:
		w = w&^wordUndecided | wordSampled | wordFirehose
	case answerUndecided:
		w |= wordUndecided
	}
	switch {
	case v.priority > 0 && v.noDebug:
		w = w&^(wordUndecided|wordPassedOn) | wordSampled
	case v.priority > 0:
		w = w&^(wordUndecided|wordPassedOn) | wordSampled | wordDebug
	case v.priority < 0:
		w &^= wordUndecided | wordPassedOn | wordSampled | wordDebug
	}
	return w
}

// answerOf is a decision as a vote.
func answerOf(d *sampler.Decision) answer {
	switch {
	case d.Undecided:
		return answerUndecided
	case !d.Sample:
		return answerNo
	case d.Firehose:
		return answerFirehose
	}
	return answerYes
}

// wordOf is the word of a context that came from elsewhere; flags and state are its
// inverse.
func wordOf(flags model.Flags, state model.State) word {
	return word(flags) | wordDetached | word(state)<<stateShift&wordState
}

// flags is the byte that travels. What an unsampled caller asked for goes on as it
// came, as long as we do not sample either.
func (w word) flags() model.Flags {
	if w&wordSampled != 0 {
		return model.Flags(w)
	}
	return model.Flags(w) | model.Flags(w>>passedShift)
}

// state is what else a model.Context says.
func (w word) state() model.State {
	if w&wordUndecided != 0 {
		w |= wordDeferred
	}
	if w&wordSampled != 0 {
		w &^= wordDeferred
	}
	return model.State(w & wordState >> stateShift)
}

// parentKind is what a sampler is told about the maker of a context.
func (w word) parentKind() sampler.ParentKind {
	switch {
	case w&(wordDeferred|wordUndecided) != 0:
		return sampler.ParentRemoteDeferred
	case w&wordDetached != 0:
		return sampler.ParentRemote
	}
	return sampler.ParentLocal
}

// recording reports whether spans of the trace keep their tags and logs.
func (w word) recording() bool { return w&wordRecording != 0 }

// traceWord is the word of a living trace.
type traceWord struct{ bits atomic.Uint32 }

func (t *traceWord) load() word      { return word(t.bits.Load()) }
func (t *traceWord) store(w word)    { t.bits.Store(uint32(w)) }
func (t *traceWord) recording() bool { return t.load().recording() }

// vote puts a decision into the word of a trace that others may be changing. With
// undecidedOnly it does nothing once there is a decision. It reports whether the
// vote counted.
func (t *traceWord) vote(v votes, undecidedOnly bool) bool {
	for {
		v.now = t.load()
		if undecidedOnly && v.now&wordUndecided == 0 {
			return false
		}
		if t.bits.CompareAndSwap(uint32(v.now), uint32(decide(&v))) {
			return true
		}
	}
}
