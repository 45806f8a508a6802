// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a backend that runs.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
	err  error         // of its end
	log  string
}

// start starts t with its traces in dir and waits until it answers a search and
// takes OTLP, which is ready after the process's start.
func start(ctx context.Context, t target, p ports, dir string) (_ *process, ready time.Duration, err error) {
	args, env, err := t.prepare(p, dir)
	if err != nil {
		return nil, 0, err
	}
	out, err := os.Create(filepath.Join(filepath.Dir(dir), strings.ReplaceAll(t.name, " ", "-")+".log"))
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = out.Close() }()
	cmd := exec.Command(t.binary, args...)
	cmd.Env = append(cmd.Environ(), env...)
	cmd.Stdout, cmd.Stderr = out, out
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, 0, err
	}
	run := &process{cmd: cmd, done: make(chan struct{}), log: out.Name()}
	go func() {
		run.err = cmd.Wait()
		close(run.done)
	}()

	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	client := &http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	for !answers(ctx, client, p) {
		select {
		case <-run.done:
			return nil, 0, fmt.Errorf("%s ended before it was ready: %w: see %s", t.name, run.err, run.log)
		case <-ctx.Done():
			return nil, 0, errors.Join(fmt.Errorf("%s does not get ready: %w: see %s", t.name, ctx.Err(), run.log), run.stop())
		case <-time.After(2 * time.Millisecond):
		}
	}
	return run, time.Since(begin), nil
}

func answers(ctx context.Context, client *http.Client, p ports) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.at(4318))
	if err != nil {
		return false
	}
	_ = conn.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.query()+"/api/services", nil)
	if err != nil {
		return false
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil // whatever it returns: Jaeger's badger engine can end with an error
	case <-time.After(time.Minute):
		return errors.Join(errors.New("did not end within a minute of SIGTERM"), p.cmd.Process.Kill())
	}
}

// cpu is the time that the process has used, in user and kernel mode.
func (p *process) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The second field is the command in parentheses; utime and stime are the 14th
	// and 15th, in 1/100 s (proc(5)).
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", p.cmd.Process.Pid, len(fields)+2)
	}
	ticks := 0
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

// settle waits until the process has nothing to do any more, and returns what cpu
// does.
func (p *process) settle(ctx context.Context) (time.Duration, error) {
	const look, idle = 500 * time.Millisecond, 20 * time.Millisecond
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	for range 40 {
		select {
		case <-time.After(look):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		now, err := p.cpu()
		if err != nil || now-before <= idle {
			return now, err
		}
		before = now
	}
	return before, nil
}

// rss is the memory of the process that is in RAM, in bytes.
func (p *process) rss() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(b), "VmRSS:")
	fields := strings.Fields(rest)
	if !ok || len(fields) == 0 {
		return 0, errors.New("no VmRSS in /proc")
	}
	kB, err := strconv.ParseInt(fields[0], 10, 64)
	return kB << 10, err
}

// diskUse is how many bytes the files below dir take. Files of Badger's have
// holes, which du leaves out.
func diskUse(ctx context.Context, dir string) (int64, error) {
	out, err := exec.CommandContext(ctx, "du", "-sk", dir).Output()
	if err != nil {
		return 0, err
	}
	kB, _, _ := strings.Cut(string(out), "\t")
	n, err := strconv.ParseInt(kB, 10, 64)
	return n << 10, err
}
