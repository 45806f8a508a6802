// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// TestRead: whoever hands on what a collector says, says the same, byte for byte.
func TestRead(t *testing.T) {
	for _, name := range []string{"rich", "rich-bugfix-5270", "adaptive", "adaptive-learned"} {
		for service, want := range readRecorded(t, name) {
			s, err := ParseJSON([]byte(want.Word))
			if err != nil {
				t.Fatal(name, service, err)
			}
			again, err := ParseProto(s.Proto())
			if err != nil {
				t.Fatal(name, service, err)
			}
			for _, s := range []Strategy{s, again} {
				if got := string(s.JSON()); got != want.Word {
					t.Errorf("%s, %s:\n%s\nJaeger 1.62:\n%s", name, service, got, want.Word)
				}
				if got := string(s.NumberJSON()); got != want.Number {
					t.Errorf("%s, %s:\n%s\nJaeger 1.62:\n%s", name, service, got, want.Number)
				}
			}
		}
	}
	if s, err := ParseProto(nil); err != nil || string(s.JSON()) != `{"strategyType":"PROBABILISTIC"}` {
		t.Errorf("of nothing: %s, %v", s.JSON(), err)
	}
}

func TestReadWrong(t *testing.T) {
	for name, b := range map[string][]byte{
		"not a number":   appendMessage(nil, fieldProbabilistic, appendDouble(nil, fieldRate, math.NaN())),
		"endless":        appendMessage(nil, fieldOperations, appendDouble(nil, fieldUpperBound, math.Inf(1))),
		"a new type":     appendNumber(nil, fieldType, 2),
		"cut off":        appendMessage(nil, fieldProbabilistic, []byte{9, 0}),
		"a long message": {0x12, 0xff, 0xff, 0xff, 0xff, 0x0f},
	} {
		if s, err := ParseProto(b); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	for _, text := range []string{"", "{}", `{"strategyType":0}`, `{"strategyType":"ALL"}`, `{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":1e999}}`, "<html>"} {
		if s, err := ParseJSON([]byte(text)); err == nil {
			t.Errorf("%s: %+v", text, s)
		}
	}
}

func FuzzParseProto(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pb")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(appendNumber(nil, fieldType, uint64(RateLimiting))) // and no limit
	f.Add(appendMessage(nil, fieldOperations, appendMessage(nil, fieldEach, protowire.AppendVarint(nil, 1<<63))))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseProto(b)
		if err != nil {
			return
		}
		again, err := ParseProto(s.Proto())
		if err != nil || string(again.JSON()) != string(s.JSON()) || string(again.NumberJSON()) != string(s.NumberJSON()) {
			t.Fatalf("%s became %s, %v", s.JSON(), again.JSON(), err)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	f.Add([]byte(`{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":5}}`))
	f.Add([]byte(`{"strategyType":"PROBABILISTIC","operationSampling":{"perOperationStrategies":[{"operation":"x"},null]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseJSON(b)
		if err != nil {
			return
		}
		if again, err := ParseJSON(s.JSON()); err != nil || string(again.JSON()) != string(s.JSON()) {
			t.Fatalf("%s became %s, %v", s.JSON(), again.JSON(), err)
		}
	})
}
