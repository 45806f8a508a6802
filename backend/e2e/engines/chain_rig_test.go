// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// chain builds the commands, and starts them.
type chain struct {
	t   *testing.T
	bin string // folder of the commands
	all []*link
}

// link is one process of the chain. It can be killed, and started again with the same
// ports.
type link struct {
	chain *chain
	name  string
	env   []string
	path  string
	admin string // host:port
	log   *os.File
	cmd   *exec.Cmd
	ended chan struct{}
}

func newChain(t *testing.T) *chain {
	t.Helper()
	c := &chain{t: t, bin: t.TempDir()}
	build := exec.Command("go", "build", "-o", c.bin+"/", "./cmd/agent", "./cmd/collector", "./cmd/ingester", "./cmd/query")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return c
}

// start starts a command with these variables, and waits until it is ready.
func (c *chain) start(command string, env ...string) *link {
	c.t.Helper()
	name := fmt.Sprint(command, len(c.all))
	log, err := os.Create(filepath.Join(c.bin, name+".log"))
	if err != nil {
		c.t.Fatal(err)
	}
	l := &link{chain: c, name: name, path: filepath.Join(c.bin, command), admin: freeAddress(c.t), log: log}
	l.env = append(os.Environ(), env...)
	l.env = append(l.env, "ADMIN_HTTP_HOST_PORT="+l.admin)
	c.all = append(c.all, l)
	c.t.Cleanup(func() {
		l.end(syscall.SIGKILL)
		if c.t.Failed() {
			said, _ := os.ReadFile(log.Name()) // for the message only
			c.t.Logf("%s said at last:\n%s", name, said[max(0, len(said)-1500):])
		}
		_ = log.Close()
	})
	l.restart()
	return l
}

// restart starts the process, and waits until it is ready.
func (l *link) restart() {
	t := l.chain.t
	t.Helper()
	l.cmd = exec.Command(l.path)
	l.cmd.Env, l.cmd.Stdout, l.cmd.Stderr = l.env, l.log, l.log
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.ended = make(chan struct{})
	go func() {
		_ = l.cmd.Wait() // it is killed
		close(l.ended)
	}()
	eventually(t, time.Minute, l.name+" is ready", func() bool {
		select {
		case <-l.ended:
			t.Fatalf("%s has ended", l.name)
		default:
		}
		resp, err := http.Get("http://" + l.admin + "/")
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// end sends a signal and waits until the process has ended.
func (l *link) end(s syscall.Signal) {
	_ = l.cmd.Process.Signal(s) // when it has ended there is nothing to end
	<-l.ended
}

// metric sums the series of a metric whose labels have that text.
func (l *link) metric(name, labels string) (sum int) {
	t := l.chain.t
	t.Helper()
	resp, err := http.Get("http://" + l.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		metric, l, _ := strings.Cut(series, "{")
		if metric != name || !strings.Contains(l, labels) {
			continue
		}
		var n float64
		if _, err := fmt.Sscan(value, &n); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		sum += int(n)
	}
	return sum
}

// freeAddress returns one of 127.0.0.1 that nobody uses now.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// eventually polls until ok.
func eventually(t testing.TB, within time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(within)
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("not within %v: %s", within, what)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// ask decodes the JSON at url.
func ask(t testing.TB, url string, into any) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %.500s", url, resp.Status, err, body)
	}
}

// script runs one of this folder's, such as "kafka.sh", and returns when it has ended.
func script(t testing.TB, name, verb string) {
	t.Helper()
	if out, err := exec.Command("./"+name, verb).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v: %s", name, verb, err, out)
	}
}

// address returns the server that a variable names.
func address(t testing.TB, variable string) string {
	t.Helper()
	a := os.Getenv(variable)
	if a == "" {
		t.Fatalf("%s is not set: use scripts/chain.sh, which starts the servers", variable)
	}
	return a
}
