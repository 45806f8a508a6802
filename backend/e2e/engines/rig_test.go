// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/internal/golden"
	"github.com/go-spur/spur/backend/server"
	"github.com/go-spur/spur/backend/store/engines"
)

// realBinary returns a real Jaeger, which is built if need be.
func realBinary(t *testing.T, name string) string {
	t.Helper()
	const scripts = "../../../internal/conformance/e2e/"
	if out, err := exec.Command(scripts+"build.sh", name).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cache := os.Getenv("E2E_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "spur-e2e")
	}
	return filepath.Join(cache, "bin", name)
}

// process is a command that runs until the test ends.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  string // its file
	done chan struct{}
}

// launch starts a command, which is stopped at the end of the test.
func launch(t *testing.T, env []string, command ...string) *process {
	t.Helper()
	log := filepath.Join(t.TempDir(), filepath.Base(command[0])+".log")
	out, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p := &process{t, exec.Command(command[0], command[1:]...), log, make(chan struct{})}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = append(os.Environ(), env...), out, out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended does not matter
		close(p.done)
	}()
	t.Cleanup(func() { p.end(syscall.SIGTERM) })
	return p
}

// end sends a signal, and kills what does not heed it in ten seconds.
func (p *process) end(signal os.Signal) {
	_ = p.cmd.Process.Signal(signal) // it may have ended
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	if p.t.Failed() {
		log, _ := os.ReadFile(p.log)
		p.t.Logf("the end of %s:\n%s", p.log, log[max(0, len(log)-2000):])
	}
}

// await waits until ok says so.
func await(t *testing.T, what string, limit time.Duration, ok func() bool) {
	t.Helper()
	end := time.After(limit)
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("%v are over before %s", limit, what)
		}
	}
}

// answers waits until a URL answers 200.
func answers(t *testing.T, url string) {
	t.Helper()
	await(t, url+" answers", 30*time.Second, func() bool {
		status, _, _ := get(url)
		return status == http.StatusOK
	})
}

func get(url string) (status int, contentType string, body []byte) {
	answer, err := http.Get(url)
	if err != nil {
		return 0, "", nil
	}
	defer answer.Body.Close()
	body, _ = io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header.Get("Content-Type"), body
}

// ports are free ones of 127.0.0.1, by the number that each stands for.
type ports map[int]string

// nextPort is tried next. Ports from here to 32767 are none that the kernel gives to who
// connects: they stay free until who is told of them listens there.
var nextPort = 25_000 + os.Getpid()*50%7000

// at returns host:port of the port that is by default n.
func (p ports) at(t *testing.T, n int) string {
	t.Helper()
	for p[n] == "" {
		if nextPort++; nextPort > 32_767 {
			t.Fatal("no port below 32768 is free")
		}
		if l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(nextPort)); err == nil {
			p[n] = l.Addr().String()
			_ = l.Close() // whoever asked listens there next
		}
	}
	return p[n]
}

// start starts a command of ours, which ends with the test.
func start(t *testing.T, c config.Config) *server.Server {
	t.Helper()
	c.FreePorts()
	s, err := server.Start(t.Context(), c, server.Deps{Logger: slog.New(slog.DiscardHandler), Engines: engines.Open, Ingest: engines.Ingest})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// corpus is what the recorded Jaegers were sent, and took.
type corpus struct {
	index *golden.Index
	sent  []golden.Delivery
	asked []golden.Request // for one trace each

	hidden int // how many of those the server that is compared with cannot show
}

func load(t *testing.T) corpus {
	t.Helper()
	x, err := golden.Load("../../testdata", "v1", "jaeger-1.62")
	if err != nil {
		t.Fatal(err)
	}
	c := corpus{index: x, hidden: 1} // Jaeger has no JSON for a number that is none
	for _, d := range x.Sent {
		if datagram := d.Method == "" && !strings.HasPrefix(d.File, "thrift/broken-"); datagram || d.Method == http.MethodPost && d.File != "" && d.Status/100 == 2 {
			c.sent = append(c.sent, d)
		}
	}
	for _, r := range x.Requests {
		id, ok := strings.CutPrefix(r.Path, "/api/traces/")
		if ok && r.Method == http.MethodGet && r.Status == http.StatusOK && strings.Trim(id, "0123456789abcdef") == "" {
			c.asked = append(c.asked, r)
		}
	}
	if len(c.sent) < 29 || len(c.asked) < 40 {
		t.Fatalf("%d files, %d traces", len(c.sent), len(c.asked))
	}
	return c
}

// compare asks two servers for all traces until they say the same, but for what table
// knows of got's server, or time is over.
func (c *corpus) compare(t *testing.T, name string, want, got string, table *golden.Table, is golden.Server) {
	t.Helper()
	var wrong []golden.Difference
	var missing []string
	same := func() bool {
		wrong, missing = nil, nil
		for _, r := range c.asked {
			facts := golden.FactsOf(get(want + r.Path))
			if len(facts) < 10 {
				missing = append(missing, r.Name)
				continue
			}
			for _, d := range golden.Compare(name+" "+r.Name, facts, golden.FactsOf(get(got+r.Path))) {
				if !table.Explains(is, d) {
					wrong = append(wrong, d)
				}
			}
		}
		return len(wrong) == 0 && len(missing) == c.hidden
	}
	again(500*time.Millisecond, 15*time.Second, same)
	seen := map[string]int{}
	for _, d := range wrong {
		if seen[d.Field]++; seen[d.Field] <= 2 {
			t.Error(d)
		}
	}
	if len(missing) != c.hidden {
		t.Errorf("%s shows nothing of %v, want all but %d", want, missing, c.hidden)
	}
	if len(wrong) > 0 {
		t.Errorf("%d differences: %v", len(wrong), seen)
	}
}

// again calls done now and then until it is true, which it reports, or for so long.
func again(every, atMost time.Duration, done func() bool) bool {
	tick, late := time.NewTicker(every), time.After(atMost)
	defer tick.Stop()
	for {
		if done() {
			return true
		}
		select {
		case <-tick.C:
		case <-late:
			return false
		}
	}
}
