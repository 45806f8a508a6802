// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/e2e/live/emit"
)

const scripts = "../../../internal/conformance/e2e"

// startJaeger starts a Jaeger 1.62, and stops it when the test ends.
func startJaeger(t *testing.T) *receiver {
	t.Helper()
	return startVersion(t, "1.62")
}

// offset is what is added to the ports of Jaegers and Collectors: they are still
// below those that the system gives to others.
const offset = "E2E_OFFSET=10000"

// startVersion is startJaeger of another version: 2 is 2.13.
func startVersion(t *testing.T, version string) *receiver {
	t.Helper()
	env := []string{offset}
	t.Cleanup(func() { script(t, env, "jaeger.sh", "stop", version) })
	said := script(t, env, "jaeger.sh", "start", version)
	return &receiver{name: "Jaeger " + version, query: said["E2E_QUERY"], sampling: said["E2E_SAMPLING"], agents: said["E2E_COLLECTOR_GRPC"], wires: map[emit.Wire]string{
		emit.Compact: said["E2E_AGENT_COMPACT"], emit.Binary: said["E2E_AGENT_BINARY"], emit.ThriftHTTP: said["E2E_COLLECTOR_HTTP"],
		emit.OTLPHTTP: said["E2E_OTLP_HTTP"], emit.OTLPGRPC: said["E2E_OTLP_GRPC"],
		emit.Zipkin: strings.TrimSuffix(said["E2E_ZIPKIN"], "/api/v2/spans"),
	}}
}

// startAgent starts an agent of Jaeger 1.62 in front of a receiver, and stops it when
// the test ends. What is in the result is the agent's, and the query is the receiver's.
func startAgent(t *testing.T, to *receiver) *receiver {
	t.Helper()
	env := []string{"E2E_OFFSET=12000", "E2E_FORWARD=" + to.agents}
	t.Cleanup(func() { script(t, env, "agent.sh", "stop") })
	said := script(t, env, "agent.sh", "start")
	return &receiver{name: to.name + " behind an agent", query: to.query, sampling: said["E2E_SAMPLING"], wires: map[emit.Wire]string{
		emit.Compact: said["E2E_AGENT_COMPACT"], emit.Binary: said["E2E_AGENT_BINARY"],
	}}
}

// script runs one of the scripts and returns the values that it prints.
func script(t *testing.T, env []string, name string, args ...string) map[string]string {
	t.Helper()
	cmd := exec.Command(scripts+"/"+name, args...)
	cmd.Env = append(os.Environ(), env...)

	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, &said)
	}
	values := map[string]string{}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[key] = value
	}
	return values
}

// query is a URL's query of names and values.
func query(kv ...string) string {
	q := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		q.Add(kv[i], kv[i+1])
	}
	return q.Encode()
}

func get(t *testing.T, url string) (status int, contentType string, body []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Content-Type"), body
}

// await asks again and again until the answer is yes, and says what came last when
// it takes too long.
func await(t *testing.T, ask func() (bool, any)) {
	t.Helper()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		ok, last := ask()
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-late.C:
			t.Fatal(last)
		}
	}
}
