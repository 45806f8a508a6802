// SPDX-License-Identifier: Apache-2.0

package rpcmetrics_test

import (
	"testing"

	"github.com/uber/jaeger-client-go/rpcmetrics"
)

func TestDefaultNameNormalizer(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"azAZ09-_/.":   "azAZ09-_/.",
		"GET /a?b=c":   "GET-/a-b-c",
		"ab^cd":        "ab-cd",
		"Zürich":       "Z--rich",
		"`{@[/:\x00\n": "----/---",
	} {
		if got := rpcmetrics.DefaultNameNormalizer.Normalize(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { rpcmetrics.DefaultNameNormalizer.Normalize("/orders") }); n != 0 {
		t.Errorf("%v allocations where nothing is replaced", n)
	}
}

func TestSimpleNameNormalizer(t *testing.T) {
	n := &rpcmetrics.SimpleNameNormalizer{
		SafeSets:    []rpcmetrics.SafeCharacterSet{&rpcmetrics.Range{From: 'b', To: 'd'}, &rpcmetrics.Char{Val: '+'}},
		Replacement: '#',
	}
	for in, want := range map[string]string{"abcde+-": "#bcd#+#", "bcd": "bcd", "#": "#"} {
		if got := n.Normalize(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := (&rpcmetrics.SimpleNameNormalizer{Replacement: 'x'}).Normalize("ab"); got != "xx" {
		t.Errorf("nothing is safe: %q", got)
	}
}
