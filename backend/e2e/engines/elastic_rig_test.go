// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
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

	"github.com/go-spur/spur/backend/internal/golden"
)

func copyAll(to io.Writer, from io.Reader) (int64, error) { return io.Copy(to, from) }

// elasticPorts are free ports of 127.0.0.1 by those that they stand for.
func elasticPorts(t *testing.T) map[int]string {
	t.Helper()
	p := map[int]string{}
	for _, n := range []int{4317, 4318, 5775, 5778, 6831, 6832, 9411, 13133, 14250, 14268, 14269, 16685, 16686} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }() // when all are known: they are different ones
		p[n] = l.Addr().String()
	}
	return p
}

// elasticRun starts a real Jaeger, which is built if need be and ends with the test, and
// waits until url answers.
func elasticRun(t *testing.T, url string, env []string, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command("../../../internal/conformance/e2e/build.sh", name).CombinedOutput(); err != nil {
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
	cmd := exec.Command(filepath.Join(cache, "bin", name), args...)
	var log bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), env...), &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }() // how it ends does not matter
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		if t.Failed() {
			t.Logf("the end of what %s says:\n%s", name, log.Bytes()[max(0, log.Len()-1500):])
		}
	})
	for end := time.Now().Add(60 * time.Second); ; {
		if status, _, _ := elasticGet(url); status == http.StatusOK {
			return
		}
		select {
		case <-done:
			t.Fatalf("%s has ended", name)
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not answer at %s", name, url)
		}
	}
}

func elasticGet(url string) (status int, contentType string, body []byte) {
	resp, err := http.Get(url)
	if err != nil {
		return 0, "", nil
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header.Get("Content-Type"), body
}

// elasticCorpus is what the recorded Jaegers were sent over HTTP, and were asked about
// one trace each.
type elasticCorpus struct {
	index *golden.Index
	sent  []golden.Delivery
	asked []golden.Request
}

func elasticLoad(t *testing.T) *elasticCorpus {
	t.Helper()
	x, err := golden.Load("../../testdata", "v1", "jaeger-1.62")
	if err != nil {
		t.Fatal(err)
	}
	c := &elasticCorpus{index: x}
	for _, d := range x.Sent {
		if d.Method == http.MethodPost && d.Status/100 == 2 {
			c.sent = append(c.sent, d)
		}
	}
	for _, r := range x.Requests {
		id, ok := strings.CutPrefix(r.Path, "/api/traces/")
		if ok && r.Method == http.MethodGet && r.Status == http.StatusOK && strings.Trim(id, "0123456789abcdef") == "" {
			c.asked = append(c.asked, r)
		}
	}
	return c
}

func (c *elasticCorpus) send(t *testing.T, to elasticPeer) {
	t.Helper()
	for _, d := range c.sent {
		body, err := c.index.Bytes(d.File)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), d.Method, "http://"+to.ports[d.Port]+d.Path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", d.ContentType)
		if d.ContentEncoding != "" {
			r.Header.Set("Content-Encoding", d.ContentEncoding)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
	}
}

// compare asks two servers for all traces until they say the same, but for what the table
// knows, or time is over.
func (c *elasticCorpus) compare(t *testing.T, name, want, got string, table *golden.Table) {
	t.Helper()
	var wrong []golden.Difference
	compared := 0
	same := func() bool {
		wrong, compared = nil, 0
		for _, r := range c.asked {
			facts := golden.FactsOf(elasticGet(want + r.Path))
			if len(facts) < 10 {
				continue // it was not sent by HTTP
			}
			compared++
			for _, d := range golden.Compare(name+" "+r.Name, facts, golden.FactsOf(elasticGet(got+r.Path))) {
				if !table.Explains(golden.Ours, d) {
					wrong = append(wrong, d)
				}
			}
		}
		return len(wrong) == 0 && compared >= 30
	}
	again(time.Second, 10*time.Second, same) // the servers refresh once a second
	seen := map[string]int{}
	for _, d := range wrong {
		if seen[d.Field]++; seen[d.Field] <= 3 {
			t.Errorf("%+v", d)
		}
	}
	if compared < 30 || len(wrong) > 0 {
		t.Errorf("%d differences in %d traces, want none in 30: %v", len(wrong), compared, seen)
	}
}
