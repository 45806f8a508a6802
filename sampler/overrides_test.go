// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"sync"
	"testing"
)

func TestOverrides(t *testing.T) {
	of := func(why string) Sampler { return play(saying(why)) }
	byOperation := map[string]Sampler{
		"GET /health":       of("exact"),
		"GET /health*":      of("prefix"),
		"GET /health/deep*": of("longer"),
		"GET /static/*":     of("star"),
		"":                  of("empty"),
		"never":             nil,
		"é*":                of("rune"),
	}
	s := NewOverrides(of("rest"), byOperation)
	delete(byOperation, "GET /health") // the map is not kept
	for operation, want := range map[string]string{
		"GET /health":         "exact",
		"GET /health?x":       "prefix",
		"GET /healthy":        "prefix",
		"GET /health/deep":    "longer",
		"GET /health/deep/er": "longer",
		"GET /health/dee":     "prefix",
		"GET /static/*":       "star",
		"GET /static/x.js":    "star",
		"GET /static":         "rest",
		"get /health":         "rest",
		"GET /healt":          "rest",
		"":                    "empty",
		" ":                   "rest",
		"never":               "",
		"\xc3":                "rest",
		"été":                 "rune",
	} {
		if d := s.Sample(Params{Operation: operation}); why(d) != want || d.Sample != (want != "") || d.Undecided {
			t.Errorf("%q: %+v, want %s", operation, d, want)
		}
	}
	all := NewOverrides(of("rest"), map[string]Sampler{"*": of("all"), "GET": of("exact")})
	for operation, want := range map[string]string{"": "all", "x": "all", "GET": "exact"} {
		if got := why(all.Sample(Params{Operation: operation})); got != want {
			t.Errorf("%q: %s, want %s", operation, got, want)
		}
	}
}

// TestOverridesLate: whoever the start name chose is asked to the end, whatever
// the span is called by then.
func TestOverridesLate(t *testing.T) {
	slow, rest := play(undecided, undecided, saying("slow")), play(undecided, saying("rest"))
	s := NewOverrides(rest, map[string]Sampler{"slow": slow, "never": NewConst(false)})
	tr := begin(s, Params{Operation: "slow"})
	tr.tell(Event{Kind: EventOperationName, Params: Params{Operation: "never"}})
	if d := tr.tell(Event{Kind: EventStart, Params: Params{Operation: "child"}}); why(d) != "slow" || rest.asked != 0 {
		t.Errorf("%+v, the rest was asked %d times", d, rest.asked)
	}
	tr = begin(s, Params{Operation: "other"})
	if d := tr.tell(Event{Kind: EventOperationName, Params: Params{Operation: "slow"}}); why(d) != "rest" || slow.asked != 3 {
		t.Errorf("%+v, slow was asked %d times, want 3", d, slow.asked)
	}
	if d := s.Sample(Params{Operation: "never"}); d.Sample || d.Undecided {
		t.Errorf("never: %+v", d)
	}
}

// TestOverridesConcurrentSafe for the race detector.
func TestOverridesConcurrentSafe(t *testing.T) {
	s := NewOverrides(NewConst(true), map[string]Sampler{"a*": NewConst(false), "b": mustRateLimiting(t, 1e6)})
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 1000 {
				if s.Sample(Params{Operation: "a health check"}).Sample || !s.Sample(Params{Operation: "c"}).Sample {
					t.Error("wrong")
					return
				}
			}
		}()
	}
	wg.Wait()
}
