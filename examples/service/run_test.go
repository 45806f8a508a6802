// SPDX-License-Identifier: Apache-2.0

//go:build unix

package main

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReadme starts the program as the README says, orders tea, ends it by a signal,
// and compares what it has drawn.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	program := t.TempDir() + "/service"
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program)
	cmd.Env = []string{
		"OTEL_TRACES_EXPORTER=console", "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1",
		"ADDR=127.0.0.1:0", "METRICS_ADDR=127.0.0.1:0",
	}
	var drawn strings.Builder
	cmd.Stdout = &drawn
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() }).Stop()
	delivered := ""
	for lines := bufio.NewScanner(log); lines.Scan(); {
		if _, address, found := strings.Cut(lines.Text(), "msg=listening address="); found {
			if status, err := order("http://"+address, "tea"); err != nil || status != http.StatusAccepted {
				t.Errorf("%d, %v", status, err)
			}
		}
		if strings.Contains(lines.Text(), "msg=delivered") {
			delivered = lines.Text()
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v, having drawn\n%s", err, drawn.String())
	}
	shown := textBlock.FindAllStringSubmatch(string(readme), -1)
	if len(shown) != 2 {
		t.Fatalf("the README has %d texts", len(shown))
	}
	if got, want := spanLines(drawn.String()), spanLines(shown[0][1]); !slices.Equal(got, want) {
		t.Errorf("it draws\n%s\nthe README has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if volatile.ReplaceAllString(delivered+"\n", "") != volatile.ReplaceAllString(shown[1][1], "") {
		t.Errorf("it logs\n%s\nthe README has\n%s", delivered, shown[1][1])
	}
}

var (
	breaks    = regexp.MustCompile(`\n +\| `) // where long lines go on
	textBlock = regexp.MustCompile("(?s)```text\n(.*?)```")
	volatile  = regexp.MustCompile(`127\.0\.0\.1:[0-9]+|[0-9.]+(ns|µs|ms|s)\b|time=\S+|\b[0-9a-f]{16,32}\b`)
)

// spanLines returns what is drawn of each span, sorted. Whether the parts of a trace
// stand together depends on how fast they are.
func spanLines(drawn string) (lines []string) {
	for _, line := range strings.Split(breaks.ReplaceAllString(drawn, " "), "\n") {
		if i := strings.LastIndex(line, "│ "); i >= 0 {
			lines = append(lines, strings.TrimSpace(volatile.ReplaceAllString(line[i+len("│ "):], "")))
		}
	}
	slices.Sort(lines)
	return lines
}
