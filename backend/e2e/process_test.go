// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// TestKill: what the books say is stored survives kill -9 in the middle of writes,
// the folder opens again, and everything in it can be read.
func TestKill(t *testing.T) {
	rounds := 5
	if testing.Short() {
		rounds = 1
	}
	data := t.TempDir()
	var ids []pcommon.TraceID
	var stored int64 // before the process of this round
	for round := range rounds {
		p := run(t, "--data="+data)
		l := startLoad(t, p.addrs["otlp-http"], round)
		before := stored
		for stored < before+3000 {
			stored = before + p.status().Books.Stored
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.wait()
		sent, taken := l.end()
		ids = append(ids, sent...)

		p = run(t, "--data="+data)
		found, s := p.countSpans(ids), p.status().Store.Spans
		if s < stored || found != s {
			t.Fatalf("%d spans were stored; after kill -9 the store has %d, and %d can be read", stored, s, found)
		}
		t.Logf("%d spans were acknowledged, %d stored a moment before the end, %d are there", taken, stored-before, s-before)
		ids = append(ids, p.takesSpans(byte(round)))
		if err := p.cmd.Process.Signal(os.Interrupt); err == nil {
			p.wait()
		}
		stored = s + spansEach
	}
}

// TestTerminate: a process that is told to end has stored all it acknowledged.
func TestTerminate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGTERM")
	}
	data := t.TempDir()
	p := run(t, "--data="+data)
	l := startLoad(t, p.addrs["otlp-http"], 0)
	for p.status().Books.Received < 5000 {
	}
	begun := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 0 {
		t.Errorf("it ends with status %d: %s", code, &p.errors)
	}
	if took := time.Since(begun); took > 11*time.Second {
		t.Errorf("it took %v", took)
	}
	ids, taken := l.end()
	p = run(t, "--data="+data)
	if n := p.countSpans(ids); n < taken {
		t.Errorf("%d spans were acknowledged, and %d are there", taken, n)
	}
}

// TestTwoProcesses: the second one on a folder says so and ends; the first goes on.
func TestTwoProcesses(t *testing.T) {
	data := t.TempDir()
	first := run(t, "--data="+data)
	begun := time.Now()
	second, _ := launch(t, "--data="+data)
	if code := second.wait(); code != 1 || !strings.Contains(second.errors.String(), data) {
		t.Errorf("it ends with status %d, without a word on the folder: %s", code, &second.errors)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it ends after %v", took)
	}
	first.takesSpans(0)
}
