// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// forwarded returns how many spans the store forward has taken, by /api/status.
func (p *process) forwarded() (taken int64) {
	p.t.Helper()
	var s struct {
		Others []struct{ Books struct{ Stored int64 } }
	}
	code, _, body := do(p.t, request(p.t, "GET", "http://"+p.addrs["query"]+"/api/status", nil))
	if err := json.Unmarshal(body, &s); code != 200 || err != nil || len(s.Others) != 1 {
		p.t.Fatalf("/api/status: %d, %v: %s", code, err, body)
	}
	return s.Others[0].Books.Stored
}

// TestForwardKill: what the spool has taken survives kill -9 and is sent by the next
// process, all of it and none twice, though nobody was there to receive it before.
func TestForwardKill(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGTERM")
	}
	spool := t.TempDir()
	flags := []string{"--span-storage.type=memory,forward", "--forward.spool=" + spool}
	p := run(t, append(flags, "--forward.endpoint=127.0.0.1:1")...)
	l := startLoad(t, p.addrs["otlp-http"], 0)
	var taken int64
	for taken < 3000 {
		taken = p.forwarded()
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait()
	ids, _ := l.end()

	to := run(t, "--span-storage.type=memory", "--max-size=1GB")
	p = run(t, append(flags, "--forward.endpoint="+to.addrs["otlp-grpc"])...)
	to.settled(taken)
	emptied(t, spool, p)
	s := to.settled(taken)
	if found := to.countSpans(ids); s.Books.Received < taken || s.Store.Spans != s.Books.Received || found != s.Store.Spans {
		t.Errorf("%d spans were in the spool; %d came, %d are there, %d can be read", taken, s.Books.Received, s.Store.Spans, found)
	}
}

// settled waits until a receiver has stored so many spans, and nothing waits.
func (p *process) settled(spans int64) (s status) {
	p.t.Helper()
	late := time.After(20 * time.Second)
	for s = p.status(); s.Books.Stored < spans || s.Books.Waiting > 0; s = p.status() {
		select {
		case <-late:
			p.t.Fatalf("%d spans did not come: %+v", spans, s)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return s
}

// emptied ends the process, which then has emptied its spool.
func emptied(t *testing.T, spool string, p *process) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(); code != 0 {
		t.Fatalf("it ends with status %d: %s", code, &p.errors)
	}
	left, err := filepath.Glob(filepath.Join(spool, "*.spool"))
	if err != nil || len(left) > 0 {
		t.Fatalf("left are %v, %v", left, err)
	}
}

// TestForwardTerminate: a process without a spool says how many spans it could not
// send, and one with a spool keeps them.
func TestForwardTerminate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGTERM")
	}
	spool := t.TempDir()
	for flag, want := range map[string]struct {
		code int
		says string
	}{
		"--forward.timeout=1s":     {1, "50 spans were not sent"},
		"--forward.spool=" + spool: {0, "spans stay in the spool"},
	} {
		p := run(t, "--span-storage.type=memory,forward", "--forward.endpoint=127.0.0.1:1", flag)
		p.takesSpans(0)
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if code := p.wait(); code != want.code || !strings.Contains(p.errors.String(), want.says) {
			t.Errorf("%s: it ends with status %d: %s", flag, code, &p.errors)
		}
	}
	to := run(t, "--span-storage.type=memory")
	emptied(t, spool, run(t, "--span-storage.type=memory,forward", "--forward.endpoint="+to.addrs["otlp-grpc"], "--forward.spool="+spool))
	to.settled(spansEach)
}
