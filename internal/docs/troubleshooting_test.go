// SPDX-License-Identifier: Apache-2.0

package docs_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-spur/spur"
)

// TestTroubleshootingLines makes each line of the log happen that troubleshooting.md
// shows, and each error.
func TestTroubleshootingLines(t *testing.T) {
	all := []string{"JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1", "JAEGER_REPORTER_FLUSH_INTERVAL=10ms"}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html>Jaeger UI</html>"))
	}))
	defer page.Close()

	var printed []string
	for _, c := range []struct {
		env   []string
		until string // part of the line to wait for before the tracer is closed
	}{
		{[]string{"JAEGER_SAMPLER_TYPE=const"}, "started"},
		{[]string{"JAEGER_SAMPLER_TYPE=konst"}, ""},
		{[]string{"JAEGER_SAMPLR_TYPE=const"}, "started"},
		{append(all, "JAEGER_AGENT_HOST=localhost"), "started"},
		{append(all, "JAEGER_ENDPOINT=http://"+closedPort(t)+"/api/traces"), "nobody listens"},
		{append(all, "JAEGER_ENDPOINT="+page.URL+"/api/traces"), "a web page"},
		{append(all, "JAEGER_ENDPOINT=http://"+portOfGRPC(t)+"/v1/traces"), "HTTP/2"},
	} {
		t.Run(strings.Join(c.env, " "), func(t *testing.T) { printed = append(printed, play(t, c.env, c.until)...) })
	}
	compareLines(t, func(line string) bool { return !strings.Contains(line, samplingTrouble) }, 9, printed)
}

// samplingTrouble takes seconds to be said: see troubleshooting_time_test.go.
const samplingTrouble = "cannot get the sampling strategy"

// compareLines looks for those lines of troubleshooting.md's log that are meant, which
// are at least a number of them, in what was printed.
func compareLines(t *testing.T, meant func(line string) bool, least int, printed []string) {
	t.Helper()
	document, err := os.ReadFile(root + "/docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(document), "\n") {
		if !strings.HasPrefix(line, "level=") && !strings.HasPrefix(line, "spur: ") || !meant(line) {
			continue
		}
		least--
		parts := strings.Split(unported(line), "…")
		if !slices.ContainsFunc(printed, func(p string) bool { return hasParts(p, parts) }) {
			t.Errorf("not printed any more:\n%s\nbut\n%s", line, strings.Join(printed, "\n"))
		}
	}
	if least > 0 {
		t.Errorf("%d lines are missing in the document", least)
	}
}

var (
	ports = regexp.MustCompile(`:[0-9]{4,5}\b`)
	times = regexp.MustCompile(`[0-9.]+(ms|s)\b`)
)

// unported is a line without what differs from run to run.
func unported(line string) string {
	return times.ReplaceAllString(ports.ReplaceAllString(line, ":PORT"), "TIME")
}

// hasParts says whether line is parts, one after the other, with anything between.
func hasParts(line string, parts []string) bool {
	for i, part := range parts {
		at := strings.Index(line, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		line = line[at+len(part):]
	}
	return line == "" || parts[len(parts)-1] == ""
}

// play returns what a program that is started with these variables logs when it
// finishes one of two spans, waits for a certain line and ends; or the error of New.
func play(t *testing.T, env []string, until string) []string {
	t.Helper()
	setEnv(t, env)
	log := &lines{more: make(chan struct{}, 1)}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	tracer, err := spur.New("orders", spur.FromEnv(), spur.WithLogger(logger))
	if err != nil {
		return strings.Split(unported(err.Error()), "\n")
	}
	tracer.StartSpan("charge card").Finish()
	tracer.StartSpan("never finished")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for !strings.Contains(log.text(), until) {
		select {
		case <-log.more:
		case <-ctx.Done():
			t.Fatalf("%v: no %q in\n%s", env, until, log.text())
		}
	}
	ended, end := context.WithCancel(context.Background())
	end()
	_ = tracer.Shutdown(ended)
	return strings.Split(unported(log.text()), "\n")
}

// setEnv sets variables, such as JAEGER_TAGS=zone=eu, and hides all others that
// tracers read.
func setEnv(t *testing.T, env []string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		t.Setenv(name, value)
	}
}

func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey && len(groups) == 0 {
		return slog.Attr{}
	}
	return a
}

// lines is a log.
type lines struct {
	mu   sync.Mutex
	b    []byte
	more chan struct{} // has something when lines were added
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b = append(l.b, b...)
	select {
	case l.more <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.b)
}

// closedPort returns an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// portOfGRPC returns the address of a server that greets as gRPC does, with HTTP/2's
// SETTINGS.
func portOfGRPC(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0})
			conn.Close()
		}
	}()
	return listener.Addr().String()
}
