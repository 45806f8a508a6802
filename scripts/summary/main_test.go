// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	const in = `
== .
{"Action":"start","Package":"p"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:1: noise of a test that passes\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"=== RUN   TestB\n"}
{"Action":"output","Package":"p","Test":"TestB/one","Output":"    --- PASS: TestB/one (0.00s)\n"}
{"Action":"pass","Package":"p","Test":"TestB/one"}
{"Action":"output","Package":"p","Test":"TestB/two","Output":"        b_test.go:2: got \"1\", want <2>\n"}
{"Action":"output","Package":"p","Test":"TestB/two","Output":"    --- FAIL: TestB/two (0.00s)\n"}
{"Action":"fail","Package":"p","Test":"TestB/two"}
{"Action":"output","Package":"p","Test":"TestB","Output":"--- FAIL: TestB (0.00s)\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"skip","Package":"p","Test":"TestC"}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}
{"Action":"output","Package":"q","Output":"?   \tq\t[no test files]\n"}
{"Action":"skip","Package":"q"}
== nested
{"ImportPath":"r","Action":"build-output","Output":"r.go:3: undefined: x\n"}
{"Action":"output","Package":"r","Output":"FAIL\tr [build failed]\n"}
{"Action":"fail","Package":"r"}
{"Action":"output","Package":"r2","Test":"TestExit","Output":"leaving\n"}
{"Action":"output","Package":"r2","Output":"FAIL\tr2\t0.1s\n"}
{"Action":"fail","Package":"r2"}
{"Action":"output","Package":"s","Output":"PASS\n"}
{"Action":"output","Package":"s","Output":"ok  \ts\t0.2s\n"}
{"Action":"pass","Package":"s"}
FAIL go test in nested
== third
FAIL go vet in third`
	const want = `
== .
        b_test.go:2: got "1", want <2>
    --- FAIL: TestB/two (0.00s)
--- FAIL: TestB (0.00s)
FAIL	p	0.1s
== nested
r.go:3: undefined: x
FAIL	r [build failed]
FAIL	r2	0.1s
leaving
ok  	s	0.2s
== third
FAIL go vet in third

3 modules, 4 packages, 3 tests (1 skipped) in 0 s: 4 failed; what they printed stands above
  p: TestB
  r
  r2: TestExit
  go vet in third
`
	if got, ok := summarise(in); ok || got != want {
		t.Errorf("%t, got\n%s\nwant\n%s", ok, got, want)
	}
	passed := `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n" + `{"Action":"pass","Package":"p"}`
	if got, ok := summarise(passed); !ok || got != "\n0 modules, 1 packages, 1 tests (0 skipped) in 0 s: all passed\n" {
		t.Errorf("%t, %q", ok, got)
	}
}

func summarise(in string) (printed string, ok bool) {
	var out strings.Builder
	s := newSummary(&out)
	lines := make(chan string)
	go read(strings.NewReader(in), lines)
	for line := range lines {
		s.line(line)
	}
	ok = s.end()
	return out.String(), ok
}
