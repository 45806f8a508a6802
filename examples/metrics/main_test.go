// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/reporter"
	"github.com/go-spur/spur/spurtest"
)

// cleanEnv hides the variables that tracers read.
func cleanEnv(t *testing.T) {
	t.Helper()
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "JAEGER_") || strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, "")
		}
	}
}

// output runs the program.
func output(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	start := time.Now()
	if err := run(&out, ""); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("it took %v", d)
	}
	return out.String()
}

var addresses = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)

func TestRun(t *testing.T) {
	spurtest.CheckLeaks(t)
	cleanEnv(t)
	text := output(t)
	var vars struct{ Spur spur.Stats }
	if err := json.Unmarshal([]byte(text), &vars); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	st := vars.Spur
	if err := spurtest.Balance(st); err != nil {
		t.Error(err)
	}
	if st.Spans.FinishedSampled != 3 || len(st.Destinations) != 1 || st.Destinations[0].Sent != 3 || st.Destinations[0].Name != "agent" {
		t.Errorf("got %s", text)
	}
}

// README.md shows a part of what the program prints.
func TestReadme(t *testing.T) {
	cleanEnv(t)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(readme), "```json\n")
	shown, _, ok := strings.Cut(shown, "```\n")
	got := addresses.ReplaceAllString(output(t), "AGENT")
	if !ok || strings.Count(shown, "\n") < 10 {
		t.Fatalf("README.md shows %q", shown)
	}
	for _, line := range strings.Split(strings.TrimSuffix(shown, "\n"), "\n") {
		if !strings.Contains(line, "…") && !strings.Contains(got, addresses.ReplaceAllString(line, "AGENT")+"\n") {
			t.Errorf("README.md shows %q; the program prints\n%s", line, got)
		}
	}
}

func TestExpvar(t *testing.T) {
	tracer, err := spur.New("test", spur.WithReporter(&reporter.Memory{}), spur.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer tracer.Close()
	server := httptest.NewServer(routes(tracer))
	defer server.Close()
	tracer.StartSpan("op").Finish()
	var out bytes.Buffer
	if err := get(&out, server.URL+"/debug/vars"); err != nil {
		t.Fatal(err)
	}
	var vars struct{ Spur spur.Stats }
	if err := json.Unmarshal(out.Bytes(), &vars); err != nil {
		t.Fatalf("%v in %s", err, out.String())
	}
	if vars.Spur.Spans.Started != 1 || len(vars.Spur.Destinations) != 1 || vars.Spur.Destinations[0].Name != "memory" {
		t.Errorf("got %s", out.String())
	}
}
