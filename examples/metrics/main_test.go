// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
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

// sample is a line: labels are as they are written, without braces.
type sample struct {
	name, labels string
	value        float64
}

var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-z][a-z0-9_]*) (?:[^\\]|\\\\|\\n)+$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-z][a-z0-9_]*) (counter|gauge)$`)
	sampleLine = regexp.MustCompile(`^([a-z][a-z0-9_]*)(?:\{(` + labelText + `(?:,` + labelText + `)*)\})? ([0-9.]+)$`)
)

const labelText = `[a-z_]+="(?:[^"\\]|\\\\|\\n|\\")*"`

// parse checks the text format: for each family HELP, TYPE, and its samples in one
// place, none of them twice; counters end in _total.
func parse(text string) ([]sample, error) {
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("no line end at the end of %q", text)
	}
	var samples []sample
	seen, help, family := map[string]bool{}, "", ""
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		wrong := func(why string) ([]sample, error) { return nil, fmt.Errorf("line %d, %q: %s", i+1, line, why) }
		if m := helpLine.FindStringSubmatch(line); m != nil {
			help = m[1]
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			family = m[1]
			if help != family || seen[family] || (m[2] == "counter") != strings.HasSuffix(family, "_total") {
				return wrong("not after its HELP, a second time, or not as its name says")
			}
			seen[family] = true
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil {
			return wrong("neither HELP, TYPE nor a sample")
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil || m[1] != family || seen[m[1]+"{"+m[2]+"}"] {
			return wrong("no number, of another family, or there already")
		}
		seen[m[1]+"{"+m[2]+"}"] = true
		samples = append(samples, sample{m[1], m[2], value})
	}
	return samples, nil
}

func TestParse(t *testing.T) {
	const family = "# HELP a_total Help.\n# TYPE a_total counter\n"
	for _, good := range []string{family + "a_total 1\n", family + "a_total{b=\"\\\\ \\\" \\n\",c=\"\"} 1.5\n"} {
		if _, err := parse(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{
		"", "a_total 1\n", family + "a_total 1", family + "a_total 1\na_total 1\n", family + "b_total 1\n", family + "a_total{b=\"\"\"} 1\n",
		family + "a_total{b=\"\\x\"} 1\n", family + "a_total{b=\"\n\"} 1\n", family + "a_total -\n", family + family, "# HELP a Help.\n# TYPE a counter\n",
	} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

var (
	addresses = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	queued    = regexp.MustCompile(`(spur_queue_bytes\{.*\}) [0-9]+`)
)

// shape is output without what differs from run to run.
func shape(s string) string {
	return queued.ReplaceAllString(addresses.ReplaceAllString(s, "AGENT"), "$1 N")
}

func TestRun(t *testing.T) {
	spurtest.CheckLeaks(t)
	cleanEnv(t)
	text := output(t)
	samples, err := parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	got := map[string]float64{}
	for _, s := range samples {
		got[s.name+"{"+s.labels+"}"] = s.value
	}
	for key, want := range map[string]float64{
		`spur_spans_started_total{}`:                                             3,
		`spur_spans_finished_total{sampled="true"}`:                              3,
		`spur_spans_finished_total{sampled="false"}`:                             0,
		`spur_spans_sent_total{destination="agent"}`:                             3,
		`spur_spans_dropped_total{destination="agent",reason="queue_full"}`:      0,
		`spur_spans_dropped_total{destination="agent",reason="retry_exhausted"}`: 0,
		`spur_queue_spans{destination="agent"}`:                                  0,
		`spur_retries_total{destination="agent"}`:                                0,
		`spur_last_error_timestamp_seconds{destination="agent"}`:                 0,
		`spur_cut_total{what="panics"}`:                                          0,
	} {
		if v, ok := got[key]; !ok || v != want {
			t.Errorf("%s is %v, %v; want %v", key, v, ok, want)
		}
	}
	if _, ok := got[`spur_queue_bytes{destination="agent"}`]; !ok {
		t.Error("no spur_queue_bytes")
	}
}

func TestReadme(t *testing.T) {
	cleanEnv(t)
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := shape(output(t)); !strings.Contains(shape(string(readme)), "```\n"+want+"```\n") {
		t.Errorf("README.md does not show what the program prints:\n%s", want)
	}
}

// Names and addresses are other people's text.
func TestEscaping(t *testing.T) {
	d := reporter.DestinationStats{Name: `a"b\c` + "\nd", Address: `"} 1`, LastErrorTime: time.UnixMilli(1500), Sent: 1 << 60}
	d.Dropped[reporter.Rejected] = 7
	text := string(appendMetrics(nil, spur.Stats{Destinations: []reporter.DestinationStats{d, {Name: "other"}}}))
	samples, err := parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	const name = `destination="a\"b\\c\nd"`
	want := map[sample]bool{
		{"spur_spans_dropped_total", name + `,reason="rejected"`, 7}:                false,
		{"spur_last_error_timestamp_seconds", name, 1.5}:                            false,
		{"spur_spans_sent_total", name, 1 << 60}:                                    false,
		{"spur_destination_info", name + `,address="\"} 1",format="",source=""`, 1}: false,
		{"spur_spans_dropped_total", `destination="other",reason="too_large"`, 0}:   false,
	}
	for _, s := range samples {
		if _, ok := want[s]; ok {
			want[s] = true
		}
	}
	for s, found := range want {
		if !found {
			t.Errorf("no sample %+v in\n%s", s, text)
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
