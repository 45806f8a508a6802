// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

func TestExitStatus(t *testing.T) {
	agent := spurtest.NewAgent(t)
	empty, healthy := t.TempDir(), []string{"JAEGER_SERVICE_NAME=orders", fmt.Sprint("JAEGER_AGENT_PORT=", agent.Port()), "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1"}
	for _, tc := range []struct {
		args string
		vars []string // beside the healthy ones
		want int
		text string
	}{
		{"", nil, exitOK, "Nothing is wrong."},
		{"-timeout 1m", nil, exitOK, "Nothing is wrong."},
		{"", []string{"JAEGER_TYPO=1"}, exitWrong, "1 warn, 0 FAIL"},
		{"", []string{"JAEGER_REPORTER_FLUSH_INTERVAL=1"}, exitWrong, "0 warn, 1 FAIL"},
		{"", []string{"OTEL_SERVICE_NAME=other"}, exitWrong, "1 warn, 0 FAIL"},
		{"", []string{"JAEGER_ENDPOINT=http://127.0.0.1:1"}, exitWrong, "1 warn, 1 FAIL"}, // the port of the agent is not used
		{"./...", nil, exitWrong, "0 warn, 1 FAIL"},                                       // there is no module
		{"-h", nil, exitOK, "usage: spur-doctor [-json] [-timeout D] [packages]"},
		{"-colour", nil, exitUsage, "flag provided but not defined: -colour"},
		{"-timeout 0s", nil, exitUsage, "spur-doctor: -timeout 0s is not a time up to 1m0s"},
		{"-timeout 61s", nil, exitUsage, "not a time up to"},
		{"./... -json", nil, exitUsage, `spur-doctor: flags stand in front of packages: "-json"`},
	} {
		out := doctor(t, tc.want, at(empty, append(tc.vars, healthy...)...), strings.Fields(tc.args)...)
		if !strings.Contains(out, tc.text) {
			t.Errorf("spur-doctor %s, with %v:\n%s\nwant %q", tc.args, tc.vars, out, tc.text)
		}
	}
}

var update = flag.Bool("update", false, "rewrite testdata")

// changing is what differs from run to run.
var changing = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`localhost:\d+`), "localhost:PORT"},
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "TRACE"},
	{regexp.MustCompile(`(\S)  +`), "$1  "}, // ports differ in length
	{regexp.MustCompile(`v0\.\d+\.\d+[-.\w]*`), "v0.N.N"},
}

// TestText compares whole reports with files of testdata. This rewrites them:
//
//	go test ./cmd/spur-doctor -run TestText -update
func TestText(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the system's words for a refused connection differ")
	}
	agent := spurtest.NewAgent(t)
	dead := closedPort(t)
	for _, tc := range []struct {
		file string
		p    program
		want int
	}{
		{"healthy.txt", at(write(t, "go.mod", plainMod, "main.go", "package main\n\nfunc main() {}\n"),
			"JAEGER_SERVICE_NAME=orders", "JAEGER_AGENT_HOST=127.0.0.1", fmt.Sprint("JAEGER_AGENT_PORT=", agent.Port()), "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1"), exitOK},
		{"wrong.txt", at(write(t, "go.mod", clientMod, "main.go", mainGo),
			"JAEGER_SAMPLR_TYPE=const", "JAEGER_SAMPLER_TYPE=const", "JAEGER_SERVICE_NAME=orders", "OTEL_SERVICE_NAME=shop", "JAEGER_REPORTER_FLUSH_INTERVAL=1000",
			fmt.Sprint("JAEGER_ENDPOINT=http://ada:canary@127.0.0.1:", dead), "JAEGER_AGENT_HOST=localhost", fmt.Sprint("JAEGER_AGENT_PORT=", dead)), exitWrong},
	} {
		got := doctor(t, tc.want, tc.p)
		for _, c := range changing {
			got = c.pattern.ReplaceAllString(got, c.name)
		}
		if *update {
			if err := os.WriteFile(filepath.Join("testdata", tc.file), []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(filepath.Join("testdata", tc.file))
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is\n%s\nwant\n%s", tc.file, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	agent := spurtest.NewAgent(t)
	dir := write(t, "go.mod", clientMod, "main.go", mainGo)
	out := doctor(t, exitWrong, at(dir, fmt.Sprint("JAEGER_AGENT_PORT=", agent.Port()), noSampling, "JAEGER_X=1"), "-json")
	if strings.Contains(out, "null") {
		t.Errorf("a list is null in\n%s", out)
	}
	r := read(t, out)
	if r.Format != 1 || r.Version != version() || r.Status != "warn" || r.Code.Status != "warn" || r.Code.Module != "example.com/app" || r.Code.Packages != 1 {
		t.Errorf("%+v", r)
	}
	if s := r.Configuration.Settings[0]; s.Name != "service" || s.Source != "default" || s.Status != "ok" {
		t.Errorf("the first setting is %+v", s)
	}
	if v := r.Configuration.Variables; len(v) != 2 || v[0].Name != "OTEL_TRACES_SAMPLER" || v[0].GoClient || v[0].Value != "always_on" || v[1].Name != "JAEGER_AGENT_PORT" || !v[1].GoClient {
		t.Errorf("variables are %+v", v)
	}
	if f := r.Configuration.Findings; len(f) != 2 || f[0].Subject != "JAEGER_X" || f[1].Subject != "OTEL_TRACES_SAMPLER" || f[1].Status != "warn" {
		t.Errorf("findings are %+v", f)
	}
	if c := r.Connections; len(c) != 1 || c[0].Name != "agent" || !c[0].Used || c[0].Status != "ok" || c[0].Source != "JAEGER_AGENT_PORT" || c[0].TraceID == "" {
		t.Errorf("connections are %+v", c)
	}
	if i := r.Code.Imports; len(i) != 2 || i[1].Path != client+"/config" || i[1].Package != "example.com/app" || i[1].File != "main.go" || i[1].Line != 7 || i[1].Instead == "" {
		t.Errorf("imports are %+v", i)
	}
	out = doctor(t, exitOK, at(t.TempDir(), "OTEL_TRACES_EXPORTER=console", "JAEGER_SAMPLER_TYPE=const", "JAEGER_SAMPLER_PARAM=1"), "-json")
	if strings.Contains(out, "null") { // with as little in it as can be
		t.Errorf("a list is null in\n%s", out)
	}
}
