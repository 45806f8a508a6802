// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"testing"
	"time"

	"github.com/go-spur/spur/model"
)

// lateRoot leaves the decision open until an event lasts a second.
type lateRoot struct {
	asked  int
	closed error
}

func (l *lateRoot) Sample(Params) Decision {
	l.asked++
	return Decision{Sample: true, Undecided: true}
}

func (l *lateRoot) Reconsider(e Event) Decision {
	l.asked++
	return Decision{Sample: e.Duration >= time.Second, Undecided: e.Kind != EventFinish}
}

func (l *lateRoot) Close() error { return l.closed }

func TestParentBased(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  ParentKind
		flags model.Flags
		root  bool
		want  bool
		asked bool // the root sampler decided
	}{
		{"no parent, root says yes", ParentNone, 0, true, true, true},
		{"no parent, root says no", ParentNone, 0, false, false, true},
		{"no parent, stray flags", ParentNone, model.FlagSampled, false, false, true},
		{"deferred, root says yes", ParentRemoteDeferred, 0, true, true, true},
		{"deferred, root says no", ParentRemoteDeferred, 0, false, false, true},
		{"remote sampled", ParentRemote, model.FlagSampled, false, true, false},
		{"remote unsampled", ParentRemote, 0, true, false, false},
		{"remote sampled and debug", ParentRemote, model.FlagSampled | model.FlagDebug, false, true, false},
		{"remote debug alone", ParentRemote, model.FlagDebug, true, false, false},
		{"remote firehose and unknown bits", ParentRemote, model.FlagFirehose | 0xf0, true, false, false},
		{"local sampled", ParentLocal, model.FlagSampled, false, true, false},
		{"local unsampled", ParentLocal, 0, true, false, false},
		{"a kind of the future", ParentLocal + 1, model.FlagSampled, false, false, true},
	} {
		d := NewParentBased(NewConst(c.root)).Sample(Params{Parent: c.kind, ParentFlags: c.flags})
		if d.Sample != c.want || d.Undecided {
			t.Errorf("%s: %+v, want %v", c.name, d, c.want)
		}
		if hasTags := len(d.Tags) != 0; hasTags != (c.asked && c.want) {
			t.Errorf("%s: tags %v", c.name, d.Tags)
		}
	}
}

func TestParentBasedLate(t *testing.T) {
	root := &lateRoot{}
	var p Late = NewParentBased(root)
	if d := p.Sample(Params{}); !d.Undecided {
		t.Fatalf("Sample = %+v, want what the root says: undecided", d)
	}
	if d := p.Reconsider(Event{Kind: EventTag}); !d.Undecided {
		t.Errorf("Reconsider(tag) = %+v", d)
	}
	if d := p.Reconsider(Event{Kind: EventFinish, Duration: time.Minute}); !d.Sample || d.Undecided {
		t.Errorf("Reconsider(finish) = %+v", d)
	}
	asked := root.asked
	remote := Params{Parent: ParentRemote, ParentFlags: model.FlagSampled}
	if d := p.Sample(remote); !d.Sample || d.Undecided {
		t.Errorf("remote parent: %+v", d)
	}
	if d := p.Reconsider(Event{Kind: EventTag, Params: remote}); !d.Sample || d.Undecided {
		t.Errorf("remote parent reconsidered: %+v", d)
	}
	if root.asked != asked {
		t.Error("the root sampler was asked about a remote parent")
	}
}

// undecidedRoot answers Undecided without being Late.
type undecidedRoot struct{}

func (undecidedRoot) Sample(Params) Decision { return Decision{Sample: true, Undecided: true} }

func TestParentBasedNotLate(t *testing.T) {
	p := NewParentBased(undecidedRoot{})
	if d := p.Sample(Params{}); !d.Sample || d.Undecided {
		t.Errorf("Sample = %+v, want a decision: nobody can be asked again", d)
	}
	if d := p.Reconsider(Event{Kind: EventFinish}); d.Sample || d.Undecided {
		t.Errorf("Reconsider = %+v", d)
	}
}

func TestParentBasedClose(t *testing.T) {
	want := errors.New("boom")
	if err := NewParentBased(&lateRoot{closed: want}).Close(); err != want {
		t.Errorf("Close = %v, want the root's error", err)
	}
	if err := NewParentBased(NewConst(true)).Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if err := NewParentBased(nil).Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}
