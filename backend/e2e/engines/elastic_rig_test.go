// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func copyAll(to io.Writer, from io.Reader) (int64, error) { return io.Copy(to, from) }

// at is where the server takes what it is sent to Jaeger's port.
func (p elasticPeer) at(port int) string { return p.ports[port] }

// elasticPorts are free ports of 127.0.0.1 by those that they stand for.
func elasticPorts(t *testing.T) map[int]string {
	t.Helper()
	p := ports{}
	for _, n := range []int{4317, 4318, 5775, 5778, 6831, 6832, 9411, 13133, 14250, 14268, 14269, 16685, 16686} {
		p.at(t, n)
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

func elasticAsk(t *testing.T, method, url, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var b strings.Builder
	if _, err := copyAll(&b, resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b.String()
}
