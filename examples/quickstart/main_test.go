// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

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

// output runs the program where nothing shows traces.
func output(t *testing.T) string {
	t.Helper()
	return outputWith(t, "127.0.0.1:0", "udp://127.0.0.1:1")
}

func outputWith(t *testing.T, ui, agentURL string) string {
	t.Helper()
	var out strings.Builder
	start := time.Now()
	if err := run(&out, ui, agentURL); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("it took %v", d)
	}
	return out.String()
}

var (
	times  = regexp.MustCompile(`[0-9.]+(ns|µs|ms|s)\b`)
	ports  = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
	breaks = regexp.MustCompile(`\n +\| `)
	packs  = regexp.MustCompile(`in [0-9]+ datagrams`)
)

// shape is output without what differs from run to run.
func shape(s string) string {
	s = packs.ReplaceAllString(s, "in SOME datagrams")
	s = breaks.ReplaceAllString(s, " ") // where long lines break depends on how long durations are
	return ports.ReplaceAllString(times.ReplaceAllString(s, "TIME"), "ADDRESS")
}

const want = `The frontend says: tea costs 3€

frontend: GET /checkout  TIME  span.kind=server sampler.type=const sampler.param=true component=net/http http.method=GET http.url=/checkout peer.address=ADDRESS price=3€ http.status_code=200 http.response_size=14 http.route=/checkout
  @TIME event=baggage key=customer value=ada
  frontend: GET  TIME  span.kind=client component=net/http http.method=GET http.url=http://ADDRESS/price peer.hostname=127.0.0.1 http.status_code=200 http.response_size=4
    pricing: GET /price  TIME  span.kind=server component=net/http http.method=GET http.url=/price peer.address=ADDRESS http.status_code=200 http.response_size=4 http.route=/price
      pricing: find price  TIME  customer=ada
        @TIME event="cache miss" item=tea
        pricing: SELECT  TIME  db.type=sql rows=1

agent     received 5 spans in SOME datagrams
frontend  started 2, finished 2 sampled and 0 unsampled
          sent 2 to ADDRESS, dropped 0, waiting 0
pricing   started 3, finished 3 sampled and 0 unsampled
          sent 3 to ADDRESS, dropped 0, waiting 0
`

func TestRun(t *testing.T) {
	spurtest.CheckLeaks(t)
	cleanEnv(t)
	if got := shape(output(t)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(shape(string(readme)), "```\n"+want+"```\n") {
		t.Error("README.md does not show what the program prints")
	}
}

func TestRunWithAgent(t *testing.T) {
	spurtest.CheckLeaks(t)
	cleanEnv(t)
	agent := spurtest.NewAgent(t)
	t.Setenv("JAEGER_AGENT_HOST", agent.Host())
	t.Setenv("JAEGER_AGENT_PORT", strconv.Itoa(agent.Port()))
	got := output(t)

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := agent.Wait(ctx, 5); err != nil {
		t.Fatal(err)
	}
	trace := agent.Spans()[0].TraceID
	if !strings.Contains(got, "/trace/"+trace.String()+"\n") {
		t.Errorf("trace %v is not in the output:\n%s", trace, got)
	}
	for _, s := range agent.Spans() {
		if s.TraceID != trace {
			t.Errorf("%s is of another trace, %v", s.Operation, s.TraceID)
		}
	}
}

// TestRunWithUI: where something shows traces, they go to its agent, too.
func TestRunWithUI(t *testing.T) {
	spurtest.CheckLeaks(t)
	cleanEnv(t)
	ui, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ui.Close()
	shown := spurtest.NewAgent(t)
	got := outputWith(t, ui.Addr().String(), "udp://"+shown.Addr())

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := shown.Wait(ctx, 5); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("Look at it: http://%v/trace/%v\n", ui.Addr(), shown.Spans()[0].TraceID); !strings.Contains(got, want) {
		t.Errorf("%q is not in\n%s", want, got)
	}
	if !strings.Contains(got, "agent     received 5 spans") {
		t.Errorf("the program's own agent got less than 5 spans:\n%s", got)
	}
}

func TestRunUnsampled(t *testing.T) {
	cleanEnv(t)
	t.Setenv("JAEGER_SAMPLER_TYPE", "const")
	t.Setenv("JAEGER_SAMPLER_PARAM", "0")
	got := output(t)
	for _, part := range []string{"No spans", "received 0 spans", "finished 0 sampled and 3 unsampled"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in\n%s", part, got)
		}
	}
}

// TestRunWithoutAgent names an agent that is not there: the program ends all the
// same, and no span is lost in silence.
func TestRunWithoutAgent(t *testing.T) {
	spurtest.CheckLeaks(t)
	cleanEnv(t)
	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(closed.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("JAEGER_AGENT_HOST", "127.0.0.1")
	t.Setenv("JAEGER_AGENT_PORT", port)
	got := output(t)
	for _, part := range []string{"sent 0 to 127.0.0.1:" + port + ", dropped 2", "dropped 3"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not in\n%s", part, got)
		}
	}
}

func TestRunBadEnvironment(t *testing.T) {
	cleanEnv(t)
	t.Setenv("JAEGER_SAMPLER_TYPE", "konst")
	err := run(new(strings.Builder), "127.0.0.1:0", "udp://127.0.0.1:1")
	if err == nil || !strings.Contains(err.Error(), `JAEGER_SAMPLER_TYPE="konst"`) {
		t.Errorf("got %v", err)
	}
}
