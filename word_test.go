// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/sampler"
)

// remoteWord is the word of an extracted context.
func remoteWord(flags model.Flags) word { return wordOf(flags, model.StateRemote) }

// TestDecide is the table of who decides what. flags is the byte that travels from
// then on; the rest of the word is in bits.
func TestDecide(t *testing.T) {
	const (
		s, d, f = model.FlagSampled, model.FlagDebug, model.FlagFirehose
		unknown = model.Flags(0xf4)
	)
	decided := func(flags model.Flags) word { return wordOf(flags, model.StateRemote|model.StateDecided) }
	undecidedFrom := func(caller word) word { return decide(&votes{caller: caller, sampler: answerUndecided}) }
	sampledFrom := func(caller word) word { return decide(&votes{caller: caller, sampler: answerYes}) }
	for _, tt := range []struct {
		name  string
		votes votes
		flags model.Flags
		bits  word
	}{
		// A new trace: the sampler decides.
		{"nobody says anything", votes{}, 0, 0},
		{"sampler: no", votes{sampler: answerNo}, 0, 0},
		{"sampler: yes", votes{sampler: answerYes}, s, 0},
		{"sampler: yes, firehose", votes{sampler: answerFirehose}, s | f, 0},
		{"sampler: not yet", votes{sampler: answerUndecided}, 0, wordUndecided},
		{"our own random id", votes{random: true, sampler: answerYes}, s, wordRandom},
		{"observers", votes{observed: true}, 0, wordObserved},

		// A caller in another trace: the sampler is told what it decided, and decides.
		{"caller unsampled", votes{caller: remoteWord(0), sampler: answerNo}, 0, 0},
		{"caller sampled, sampler follows", votes{caller: remoteWord(s), sampler: answerYes}, s, 0},
		{"caller sampled, sampler overrules", votes{caller: remoteWord(s), sampler: answerNo}, 0, 0},
		{"caller's firehose", votes{caller: remoteWord(s | f), sampler: answerYes}, s | f, 0},
		{"caller's unknown flags are carried along", votes{caller: remoteWord(s | unknown), sampler: answerYes}, s | unknown, 0},
		{"also unsampled", votes{caller: remoteWord(unknown), sampler: answerNo}, unknown, 0},
		{"caller's random id", votes{caller: remoteWord(s) | wordRandom, sampler: answerYes}, s, wordRandom},
		{"caller deferred", votes{caller: wordOf(0, model.StateRemote|model.StateDeferred), sampler: answerYes}, s, 0},
		{"caller another tracer of ours", votes{caller: wordSampled | wordObserved, sampler: answerYes}, s, 0},
		{"which is undecided", votes{caller: wordUndecided, sampler: answerNo}, 0, 0},

		// An unsampled caller's debug and firehose go on as they came, and end where
		// the trace is sampled.
		{"passed on", votes{caller: remoteWord(d | f), sampler: answerNo}, d | f, 0},
		{"sampler overrules", votes{caller: remoteWord(d | f), sampler: answerYes}, s, 0},
		{"sampler overrules late", votes{now: undecidedFrom(remoteWord(d | f)), sampler: answerYes}, s, 0},
		{"a late no", votes{now: undecidedFrom(remoteWord(d | f)), sampler: answerNo}, d | f, 0},
		{"the program overrules", votes{now: decide(&votes{caller: remoteWord(f)}), priority: 1}, s | d, 0},
		{"the program says no after it", votes{now: sampledFrom(remoteWord(d | f)), priority: -1}, 0, 0},

		// Debug: of callers in other processes the throttler is asked.
		{"debug granted", votes{caller: remoteWord(s | d), granted: true}, s | d, 0},
		{"debug refused, sampler follows", votes{caller: remoteWord(s | d), sampler: answerYes}, s, 0},
		{"debug refused, sampler overrules", votes{caller: remoteWord(s | d), sampler: answerNo}, 0, 0},
		{"debug refused, undecided", votes{caller: remoteWord(s | d), sampler: answerUndecided}, 0, wordUndecided},
		{"refused, and a late yes", votes{now: undecidedFrom(remoteWord(s | d)), sampler: answerYes}, s, 0},
		{"debug and firehose granted", votes{caller: remoteWord(s | d | f), granted: true}, s | d | f, 0},
		{"debug of another tracer of ours", votes{caller: wordSampled | wordDebug}, s | d, 0},
		{"debug id granted", votes{debugID: true, granted: true}, s | d, 0},
		{"debug id refused, sampler: no", votes{debugID: true, sampler: answerNo}, 0, 0},
		{"debug id refused, sampler: yes", votes{debugID: true, sampler: answerYes}, s, 0},

		// A decision without ids: a new trace, as the caller wants it.
		{"decided: no", votes{caller: decided(0), random: true, sampler: answerNo}, 0, wordRandom},
		{"decided: yes", votes{caller: decided(s), random: true, sampler: answerYes}, s, wordRandom},
		{"decided: debug, granted", votes{caller: decided(s | d), granted: true}, s | d, 0},
		{"decided: no, but a debug id", votes{caller: decided(0), debugID: true, granted: true}, s | d, 0},

		// Later decisions about a trace that exists.
		{"late: not yet", votes{now: wordUndecided, sampler: answerUndecided}, 0, wordUndecided},
		{"late: yes", votes{now: wordUndecided | wordObserved, sampler: answerYes}, s, wordObserved},
		{"late: firehose", votes{now: wordUndecided, sampler: answerFirehose}, s | f, 0},
		{"late: no", votes{now: wordUndecided | wordRandom, sampler: answerNo}, 0, wordRandom},

		// The tag sampling.priority outweighs everything.
		{"priority 1", votes{priority: 1, sampler: answerNo}, s | d, 0},
		{"priority 1 without debug flag", votes{priority: 1, noDebug: true}, s, 0},
		{"priority 1 while undecided", votes{now: wordUndecided, priority: 1}, s | d, 0},
		{"priority 1 on a firehose trace", votes{now: wordFirehose, priority: 1}, s | d | f, 0},
		{"priority 0", votes{priority: -1, sampler: answerYes}, 0, 0},
		{"priority 0 on debug", votes{now: wordSampled | wordDebug, priority: -1}, 0, 0},
		{"priority 0 while undecided", votes{sampler: answerUndecided, priority: -1}, 0, 0},

		// A disabled tracer passes on what came, and changes nothing.
		{"disabled", votes{disabled: true}, 0, wordPassing | wordDetached},
		{"disabled, caller's flags", votes{disabled: true, caller: remoteWord(0xff) | wordRandom}, 0xff, wordPassing | wordDetached | wordRemote | wordRandom},
		{"disabled, caller deferred", votes{disabled: true, caller: wordOf(0, model.StateRemote|model.StateDeferred)}, 0, wordPassing | wordDetached | wordRemote | wordDeferred},
		{"disabled, caller decided", votes{disabled: true, caller: decided(0)}, 0, wordPassing | wordDetached | wordRemote | wordDecided},
		{"disabled, priority 1", votes{now: decide(&votes{disabled: true, caller: remoteWord(d)}), priority: 1}, d, wordPassing | wordDetached | wordRemote},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := decide(&tt.votes)
			if w.flags() != tt.flags || w&^(0xff|wordPassedOn) != tt.bits {
				t.Errorf("%#x: flags %#x and bits %#x, want %#x and %#x", w, w.flags(), w&^(0xff|wordPassedOn), tt.flags, tt.bits)
			}
			if tt.bits&wordPassing != 0 && w.recording() {
				t.Error("a disabled tracer records")
			}
		})
	}
}

// The debug throttler is asked about what comes from outside this process alone.
func TestAsksDebug(t *testing.T) {
	for _, tt := range []struct {
		name  string
		votes votes
		want  bool
	}{
		{"nothing", votes{}, false},
		{"a debug id", votes{debugID: true}, true},
		{"a remote caller", votes{caller: remoteWord(3)}, true},
		{"a context made from parts", votes{caller: wordOf(3, 0)}, true},
		{"a decision without ids", votes{caller: wordOf(3, model.StateDecided)}, true},
		{"a caller that does not sample", votes{caller: remoteWord(2)}, false},
		{"a caller without debug", votes{caller: remoteWord(1)}, false},
		{"another tracer of this process", votes{caller: wordSampled | wordDebug}, false},
	} {
		if got := tt.votes.asksDebug(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What a context says goes into a word and comes out of it.
func TestWordOfAContext(t *testing.T) {
	for _, tt := range []struct {
		flags  model.Flags
		state  model.State
		parent sampler.ParentKind
	}{
		{0, 0, sampler.ParentRemote},
		{0xff, model.StateRemote, sampler.ParentRemote},
		{1, model.StateRemote | model.StateW3CRandom, sampler.ParentRemote},
		{2, model.StateRemote | model.StateDeferred, sampler.ParentRemoteDeferred},
		{0, model.StateRemote | model.StateDecided, sampler.ParentRemote},
	} {
		w := wordOf(tt.flags, tt.state)
		if w.flags() != tt.flags || w.state() != tt.state || w.parentKind() != tt.parent {
			t.Errorf("%#x, %#x came back as %#x, %#x, parent %v", tt.flags, tt.state, w.flags(), w.state(), w.parentKind())
		}
	}
	if s := wordUndecided.state(); s != model.StateDeferred {
		t.Errorf("undecided: state %#x, want deferred", s)
	}
	if s := (wordSampled | wordUndecided | wordDeferred).state(); s != 0 {
		t.Errorf("sampled: state %#x, want a decision", s)
	}
	if k := word(0).parentKind(); k != sampler.ParentLocal {
		t.Errorf("a living trace is %v", k)
	}
}
