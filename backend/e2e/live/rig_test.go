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
	t.Cleanup(func() { script(t, "stop") })
	said := script(t, "start")
	value := func(name string) string {
		_, rest, found := strings.Cut(said, name+"=")
		if !found {
			t.Fatalf("jaeger.sh says nothing of %s: %s", name, said)
		}
		line, _, _ := strings.Cut(rest, "\n")
		return line
	}
	return &receiver{name: "Jaeger 1.62", query: value("E2E_QUERY"), wires: map[emit.Wire]string{
		emit.Compact: value("E2E_AGENT_COMPACT"), emit.Binary: value("E2E_AGENT_BINARY"), emit.ThriftHTTP: value("E2E_COLLECTOR_HTTP"),
		emit.OTLPHTTP: value("E2E_OTLP_HTTP"), emit.OTLPGRPC: value("E2E_OTLP_GRPC"),
		emit.Zipkin: strings.TrimSuffix(value("E2E_ZIPKIN"), "/api/v2/spans"),
	}}
}

// script runs jaeger.sh for 1.62.
func script(t *testing.T, command string) string {
	t.Helper()
	cmd := exec.Command(scripts+"/jaeger.sh", command, "1.62")
	cmd.Env = append(os.Environ(), "E2E_OFFSET=10000") // still below the ports that the system gives to others

	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("jaeger.sh %s: %v: %s", command, err, &said)
	}
	return string(out)
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
