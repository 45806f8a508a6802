// SPDX-License-Identifier: Apache-2.0

package faults

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/internal/built"
)

// command is all-in-one.
var command built.Command

func TestMain(m *testing.M) { os.Exit(command.Run(m)) }

// startProcess starts the command and waits until it is ready.
func startProcess(t *testing.T, maxRSS int64, flags []string) *backend {
	t.Helper()
	name := command.Name(t)
	b := &backend{t: t, addrs: map[string]string{}, cmd: exec.Command(name, flags...), log: new(bytes.Buffer), maxRSS: maxRSS}
	b.cmd.Stderr = b.log
	out, err := b.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if b.cmd.ProcessState == nil {
			b.terminate()
		}
	})
	for lines := bufio.NewReader(out); b.addrs["traces"] == ""; { // the last line
		line, err := lines.ReadString('\n')
		if err != nil {
			_ = b.cmd.Wait()
			t.Fatalf("all-in-one has ended: %s", b.log)
		}
		if words := strings.Fields(line); len(words) > 1 {
			b.addrs[words[0]] = words[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return b
}

// terminate sends SIGTERM and checks that the process ends within its ten seconds
// by itself, without a panic. It returns its exit code.
func (b *backend) terminate() int {
	b.t.Helper()
	begin := time.Now()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.t.Errorf("all-in-one is gone: %v: %s", err, b.log)
	}
	killer := time.AfterFunc(hang, func() { _ = b.cmd.Process.Kill() })
	_ = b.cmd.Wait() // what it ended with is looked at below
	killer.Stop()
	if took := time.Since(begin); took > 11*time.Second {
		b.t.Errorf("it took %v to end", took)
	}
	if text := b.log.String(); strings.Contains(text, "panic") || strings.Contains(text, "goroutine ") {
		b.t.Errorf("it panicked: %.5000s", text)
	}
	return b.cmd.ProcessState.ExitCode()
}

// kill ends the process as kill -9 does.
func (b *backend) kill() {
	b.t.Helper()
	if err := b.cmd.Process.Kill(); err != nil {
		b.t.Fatal(err)
	}
	_ = b.cmd.Wait() // its error is the signal
}
