// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/internal/built"
)

// command is all-in-one.
var command built.Command

func TestMain(m *testing.M) { os.Exit(command.Run(m)) }

// process is a running all-in-one of its own.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	addrs  map[string]string // by name
	said   chan string       // the whole of stdout, when it has ended
	errors bytes.Buffer      // to be read when it has ended
}

// launch starts the command with all ports free; flags overrule. It does not wait.
func launch(t *testing.T, flags ...string) (*process, *bufio.Reader) {
	t.Helper()
	name := command.Name(t)
	args := []string{
		"--query.http-server.host-port=0", "--admin.http.host-port=0", "--collector.otlp.grpc.host-port=0", "--collector.otlp.http.host-port=0",
		"--collector.http-server.host-port=0", "--processor.jaeger-compact.server-host-port=0", "--processor.jaeger-binary.server-host-port=0", "--http-server.host-port=0",
		"--collector.zipkin.host-port=0", "--collector.grpc-server.host-port=0", "--sampling.grpc-server.host-port=0",
	}
	p := &process{t: t, cmd: exec.Command(name, append(args, flags...)...), addrs: map[string]string{}, said: make(chan string, 1)}
	p.cmd.Env = os.Environ()
	p.cmd.Stderr = &p.errors
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // when it has not ended
	return p, bufio.NewReader(out)
}

// run starts the command and waits until it is ready.
func run(t *testing.T, flags ...string) *process {
	t.Helper()
	p, out := launch(t, flags...)
	var said strings.Builder
	for p.addrs["traces"] == "" { // the last line of what it says
		line, err := out.ReadString('\n')
		said.WriteString(line)
		if err != nil {
			_ = p.cmd.Wait()
			t.Fatalf("all-in-one has ended: %s%s", &said, &p.errors)
		}
		if words := strings.Fields(line); len(words) > 1 {
			p.addrs[words[0]] = words[1]
		}
	}
	go func() {
		rest, _ := io.ReadAll(out) // ends when the process does
		p.said <- said.String() + string(rest)
	}()
	return p
}

// wait returns the status the process ends with, within its ten seconds and some.
func (p *process) wait() int {
	p.t.Helper()
	ended := make(chan struct{})
	go func() {
		_ = p.cmd.Wait() // its status is asked for below
		close(ended)
	}()
	select {
	case <-ended:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(20 * time.Second):
		p.t.Fatal("all-in-one does not end")
		return -1
	}
}

// status is the part of /api/status that tests look at.
type status struct {
	Books struct{ Received, Stored, Waiting, Balance int64 }
	Store struct{ Spans, Traces int64 }
}

func (p *process) status() (s status) {
	p.t.Helper()
	code, _, body := do(p.t, request(p.t, "GET", "http://"+p.addrs["query"]+"/api/status", nil))
	if err := json.Unmarshal(body, &s); code != 200 || err != nil {
		p.t.Fatalf("/api/status: %d, %v: %s", code, err, body)
	}
	return s
}
