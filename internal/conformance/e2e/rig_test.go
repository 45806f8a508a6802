// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// rig is a running Jaeger, or Collector: what its script says of it.
type rig map[string]string

// start starts a Jaeger, and stops it when the test ends.
func start(t *testing.T, version string) rig {
	t.Helper()
	return startWith(t, "./jaeger.sh", version)
}

// startCollector starts an OpenTelemetry Collector, and stops it when the test ends.
func startCollector(t *testing.T) rig {
	t.Helper()
	return startWith(t, "./collector.sh")
}

func startWith(t *testing.T, script string, args ...string) rig {
	t.Helper()
	t.Cleanup(func() { runScript(t, script, append([]string{"stop"}, args...)...) })
	r := rig{}
	lines := bufio.NewScanner(bytes.NewReader(runScript(t, script, append([]string{"start"}, args...)...)))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), "="); ok {
			r[name] = value
		}
	}
	for _, name := range []string{"E2E_AGENT_COMPACT", "E2E_AGENT_BINARY", "E2E_COLLECTOR_HTTP", "E2E_OTLP_HTTP"} {
		if r[name] == "" {
			t.Fatalf("%s start says nothing of %s: %v", script, name, r)
		}
	}
	return r
}

// run runs jaeger.sh.
func run(t *testing.T, args ...string) []byte {
	t.Helper()
	return runScript(t, "./jaeger.sh", args...)
}

func runScript(t *testing.T, script string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(script, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v", script, strings.Join(args, " "), err)
	}
	return out
}

// spans waits until the rig has n spans of a service, and returns what it says of
// them by name.
func (r rig) spans(t *testing.T, service string, name namer, n int) map[string]facts {
	t.Helper()
	var last []byte
	var spans []facts
	await(t, 30*time.Second, func() (bool, any) {
		last = r.received(t, service)
		all, err := readOTLP(last, name)
		spans = all[:0]
		for _, f := range all {
			if f["resource attribute service.name"] == "stringValue "+service {
				spans = append(spans, f)
			}
		}
		return err == nil && len(spans) >= n, fmt.Sprintf("%d spans of %s, not %d: %v, %.2000s", len(spans), service, n, err, last)
	})
	byName := map[string]facts{}
	for _, f := range spans {
		if _, twice := byName[f["name"]]; twice {
			t.Errorf("span %q came twice", f["name"])
		}
		byName[f["name"]] = f
	}
	return byName
}

// received is what a rig knows of a service, and maybe others, in the JSON of OTLP;
// nothing if it cannot say now.
func (r rig) received(t *testing.T, service string) []byte {
	t.Helper()
	if file := r["E2E_FILE"]; file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	now := time.Now().UTC()
	// Versions differ in the name of the limit; each refuses the other's.
	for _, limit := range []string{"query.num_traces", "query.search_depth"} {
		status, body := get(ctx, t, r["E2E_QUERY"]+"/api/v3/traces?"+url.Values{
			"query.service_name":   {service},
			"query.start_time_min": {now.Add(-time.Hour).Format(time.RFC3339Nano)},
			"query.start_time_max": {now.Add(time.Hour).Format(time.RFC3339Nano)},
			limit:                  {"20000"},
		}.Encode())
		if status == http.StatusOK {
			return body
		}
	}
	return nil
}
