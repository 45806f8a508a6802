// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"testing"

	"github.com/go-spur/spur/model"
)

func TestParentPolicies(t *testing.T) {
	policies := map[string]func(Sampler) ParentOption{
		"remote sampled":     WithRemoteParentSampled,
		"remote not sampled": WithRemoteParentNotSampled,
		"remote deferred":    WithRemoteParentDeferred,
		"local sampled":      WithLocalParentSampled,
		"local not sampled":  WithLocalParentNotSampled,
	}
	for _, tt := range []struct {
		name   string
		kind   ParentKind
		flags  model.Flags
		policy string // that is asked
		follow string // without it: "root", "yes" or "no"
	}{
		{"none", ParentNone, 0, "", "root"},
		{"none, stray flags", ParentNone, 1, "", "root"},
		{"remote sampled", ParentRemote, 1, "remote sampled", "yes"},
		{"remote sampled and debug", ParentRemote, 3, "remote sampled", "yes"},
		{"remote not sampled", ParentRemote, 0, "remote not sampled", "no"},
		{"remote debug alone", ParentRemote, 2, "remote not sampled", "no"},
		{"deferred", ParentRemoteDeferred, 0, "remote deferred", "root"},
		{"local sampled", ParentLocal, 1, "local sampled", "yes"},
		{"local not sampled", ParentLocal, 0, "local not sampled", "no"},
		{"a kind of the future", ParentLocal + 1, 1, "", "root"},
	} {
		p := Params{Parent: tt.kind, ParentFlags: tt.flags}
		follows := func(name string, d Decision) {
			want := map[string]bool{"root": true, "yes": true, "no": false}[tt.follow]
			if d.Sample != want || (why(d) == "root") != (tt.follow == "root") || d.Undecided {
				t.Errorf("%s, %s: %+v, want %s", tt.name, name, d, tt.follow)
			}
		}
		root := play(saying("root"))
		follows("no policies", NewParentBased(root, nil).Sample(p))
		all := []ParentOption{nil}
		for name, with := range policies {
			follows("a nil policy", NewParentBased(root, with(nil)).Sample(p))
			all = append(all, with(play(saying(name))))
			only := NewParentBased(root, with(play(saying(name), no)))
			if d := only.Sample(p); name == tt.policy {
				if !d.Sample || why(d) != name {
					t.Errorf("%s, only %s: %+v", tt.name, name, d)
				}
				if d := only.Sample(p); d.Sample {
					t.Errorf("%s, only %s: %+v, want its no", tt.name, name, d)
				}
			} else {
				follows("only "+name, d)
			}
		}
		want := tt.policy
		if want == "" {
			want = "root"
		}
		if d := NewParentBased(root, all...).Sample(p); why(d) != want {
			t.Errorf("%s, all policies: %+v, want %s", tt.name, d, want)
		}
	}
}

// TestParentPoliciesLate: Reconsider asks whom Sample has asked.
func TestParentPoliciesLate(t *testing.T) {
	root, remote := play(undecided, saying("root")), play(undecided, saying("remote"))
	s := NewParentBased(root, WithRemoteParentNotSampled(remote), WithLocalParentNotSampled(ordinary{play(undecided)}))
	unsampled := Params{Parent: ParentRemote}
	tr := begin(s, unsampled)
	if d := tr.tell(Event{Kind: EventTag, Params: unsampled}); why(d) != "remote" || root.asked != 0 {
		t.Errorf("%+v; the root was asked %d times", d, root.asked)
	}
	tr = begin(s, Params{})
	if d := tr.tell(Event{Kind: EventTag}); why(d) != "root" || remote.asked != 2 {
		t.Errorf("%+v; the policy was asked %d times, want 2", d, remote.asked)
	}
	local := Params{Parent: ParentLocal}
	if d := s.Sample(local); d.Sample || d.Undecided {
		t.Errorf("one that is not Late answered %+v", d)
	}
	if d := s.Reconsider(Event{Params: local, State: new(TraceState)}); d.Sample || d.Undecided {
		t.Errorf("one that is not Late was asked again: %+v", d)
	}
}
