// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/store/memory"
)

// recorded are answers of Jaeger 1.62 about services.
type recorded map[string]struct {
	Word   string // at 5778/sampling and 14268/api/sampling
	Number string // at 5778/
}

func readRecorded(t *testing.T, name string) (r recorded) {
	t.Helper()
	b, err := os.ReadFile("testdata/jaeger-1.62/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err != nil || len(r) == 0 {
		t.Fatal(name, len(r), err)
	}
	return r
}

// compare checks that s answers as was recorded, byte for byte.
func (r recorded) compare(t *testing.T, s Source) {
	t.Helper()
	for service, want := range r {
		of, err := s.Strategy(t.Context(), service)
		if err != nil {
			t.Fatal(service, err)
		}
		if got := string(of.JSON()); got != want.Word {
			t.Errorf("%s:\n%s\nJaeger 1.62:\n%s", service, got, want.Word)
		}
		if got := string(of.NumberJSON()); got != want.Number {
			t.Errorf("%s:\n%s\nJaeger 1.62:\n%s", service, got, want.Number)
		}
	}
}

// TestAnswers: a file with all that a file can say is answered as Jaeger 1.62 does.
func TestAnswers(t *testing.T) {
	for name, limitedToo := range map[string]bool{"rich": false, "rich-bugfix-5270": true} {
		f, err := OpenFile(t.Context(), FileConfig{Location: "testdata/rich.json", LimitedToo: limitedToo}, nil, quiet)
		if err != nil {
			t.Fatal(err)
		}
		readRecorded(t, name).compare(t, f)
		f.Close()
	}
}

// TestAdaptiveAnswers: services of which nothing is known, and something, are told
// what Jaeger 1.62 tells them. It serves what it has learned after a restart.
func TestAdaptiveAnswers(t *testing.T) {
	c := DefaultAdaptive()
	s := memory.Open(memory.Config{})
	a := newAdaptive(t, c, s)
	readRecorded(t, "adaptive").compare(t, a)
	compareProto(t, a, "other", "adaptive")
	closeAdaptive(t, a)

	c.InitialProbability = 0.5
	learned := []store.Probability{{Service: "learned", Operation: "GET /<x>", Probability: 0.012752243737499998}}
	if err := s.InsertProbabilities(t.Context(), learned); err != nil {
		t.Fatal(err)
	}
	a = newAdaptive(t, c, s)
	readRecorded(t, "adaptive-learned").compare(t, a)
	compareProto(t, a, "learned", "adaptive-learned")
	closeAdaptive(t, a)
}

// compareProto checks that s answers by gRPC as was recorded.
func compareProto(t *testing.T, s Source, service, recorded string) {
	t.Helper()
	want, err := os.ReadFile("testdata/jaeger-1.62/" + recorded + ".pb")
	if err != nil {
		t.Fatal(err)
	}
	of, err := s.Strategy(t.Context(), service)
	if got := of.Proto(); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %x, %v, want %x", service, got, err, want)
	}
}
