// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/go-spur/spur/internal/race"
	"github.com/go-spur/spur/model"
)

// What the other sampler says stands, whoever has decided before it.
func TestOverruling(t *testing.T) {
	for _, kind := range []ParentKind{ParentNone, ParentRemote, ParentRemoteDeferred, ParentLocal} {
		for _, flags := range []model.Flags{0, model.FlagSampled} {
			for _, sample := range []bool{true, false} {
				s := NewOverruling(NewConst(sample))
				if d := s.Sample(Params{Parent: kind, ParentFlags: flags}); d.Sample != sample || sample && d.Tags == nil {
					t.Errorf("const(%v), parent %v, flags %v: %+v", sample, kind, flags, d)
				}
			}
		}
	}
	if d := NewOverruling(nil).Sample(Params{Parent: ParentRemote, ParentFlags: model.FlagSampled}); d.Sample {
		t.Errorf("nobody: %+v", d)
	}
	for s, want := range map[*Overruling]string{
		NewOverruling(mustRateLimiting(t, 10)): "overruling(ratelimiting(10))",
		NewOverruling(nil):                     "overruling(const(false))",
		NewOverruling(silent{NewConst(true)}):  "overruling(sampler.silent)",
	} {
		if text, st := fmt.Sprint(s), s.Status(); text != want || st.Description != want || st.Type == "" {
			t.Errorf("%q, %+v; want %q", text, st, want)
		}
	}
}

func TestOverrulingLate(t *testing.T) {
	remote := Params{Parent: ParentRemote, ParentFlags: model.FlagSampled}
	s := NewOverruling(&lateRoot{})
	if d := s.Sample(remote); !d.Undecided {
		t.Errorf("Sample = %+v, want undecided", d)
	}
	if d := s.Reconsider(Event{Kind: EventFinish, Params: remote, Duration: time.Minute}); !d.Sample || d.Undecided {
		t.Errorf("Reconsider = %+v", d)
	}
	if d := NewOverruling(undecidedRoot{}).Sample(remote); !d.Sample || d.Undecided {
		t.Errorf("Sample = %+v, want a decision: nobody can be asked again", d)
	}
	if d := NewOverruling(undecidedRoot{}).Reconsider(Event{Kind: EventFinish, Params: remote}); d.Sample || d.Undecided {
		t.Errorf("Reconsider = %+v", d)
	}
	if st, ok := AsStateful(NewOverruling(keeping{play(undecided), "state"})); !ok {
		t.Error("not Stateful")
	} else if d, state := st.SampleState(remote); !d.Undecided || state != "state" {
		t.Errorf("%+v, %v", d, state)
	}
}

func TestOverrulingClose(t *testing.T) {
	want := errors.New("boom")
	s := NewOverruling(&lateRoot{closed: want})
	if first, second := s.Close(), s.Close(); first != want || second != nil {
		t.Errorf("Close = %v, then %v", first, second)
	}
	var log []string
	a := &closable{"a", &log}
	if err := CloseUnused(NewOverruling(a), NewParentBased(a)); err != nil || len(log) != 0 {
		t.Errorf("%v, closed %v: it is still in use", err, log)
	}
	if err := CloseUnused(NewOverruling(a), NewOverruling(nil)); err != nil || len(log) != 1 {
		t.Errorf("%v, closed %v", err, log)
	}
}

func TestOverrulingAllocatesNothing(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	s := NewOverruling(mustProbabilistic(t, 1))
	if n := testing.AllocsPerRun(1000, func() { s.SampleState(Params{Parent: ParentRemote}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
