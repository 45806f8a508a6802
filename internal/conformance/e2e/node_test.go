// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-spur/spur/internal/conformance/hops"
	"github.com/go-spur/spur/propagation"
)

// TestHopsWithNode sends requests between the libraries of Node.js, and between
// them and those of Go, by way of spur: see hops.Check. Pairs of libraries in Go
// are tested elsewhere.
func TestHopsWithNode(t *testing.T) {
	base := startNode(t)
	node := func(name string, baggage bool, needs ...propagation.Format) hops.Neighbour {
		library := func(_ testing.TB, sample bool) hops.Library {
			if sample {
				return nodeLibrary(base + "/" + name + "/on")
			}
			return nodeLibrary(base + "/" + name + "/off")
		}
		return hops.Neighbour{Name: "Node " + name, New: library, Baggage: baggage, Needs: needs}
	}
	inNode := []hops.Neighbour{
		node("jaeger-client", true),
		node("jaeger-client-64", true), // with trace ids of 64 bits
		node("otel-w3c", true),
		node("otel-jaeger", true), // unlike Go's, it has baggage
		node("otel-b3-single", false, propagation.FormatB3Single),
		node("otel-b3-multi", false, propagation.FormatB3),
	}
	pair := func(a, b hops.Neighbour) {
		t.Run(a.Name+" → spur → "+b.Name, func(t *testing.T) { hops.Check(t, a, b) })
	}
	for _, a := range inNode {
		for _, b := range inNode {
			pair(a, b)
		}
		for _, b := range hops.Neighbours() {
			pair(a, b)
			pair(b, a)
		}
	}
}

// TestNodeChangesKeys: jaeger-client in Node.js writes '-' for '_' in a key, and
// lower case. What comes from others it leaves alone.
func TestNodeChangesKeys(t *testing.T) {
	node := nodeLibrary(startNode(t) + "/jaeger-client/on")
	route := hops.NewRoute(t, true, node)
	node.Call(t, route.URL, map[string]string{"Tenant_ID": "v"})
	p := route.Passed(t)
	hops.SameBaggage(t, "what Node sets", p.Served.Texts(), map[string]string{"tenant-id": "v"})
	hops.NewSpur(t, true).Call(t, route.URL, map[string]string{"tenant_id": "v"})
	p = route.Passed(t)
	hops.SameBaggage(t, "what spur sets", p.Served.Texts(), map[string]string{"tenant_id": "v"})
}

// startNode starts the services, and returns the URL that they are below.
func startNode(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("./node-peer.sh", "run")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	port, readErr := bufio.NewReader(stdout).ReadString('\n')
	if readErr != nil {
		stdin.Close()
		err := cmd.Wait()
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 3 {
			t.Skip("SKIPPED: node or npm is missing, or node-peer.sh install has not been run: NOTHING is known about Node.js")
		}
		t.Fatalf("node-peer.sh: %v, %v", readErr, err)
	}
	t.Cleanup(func() {
		stdin.Close() // which ends it
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return "http://127.0.0.1:" + strings.TrimSpace(port)
}

// nodeLibrary is the URL of one library that decides in one way.
type nodeLibrary string

func (l nodeLibrary) Call(t testing.TB, url string, baggage map[string]string) hops.Seen {
	t.Helper()
	items := map[string][]byte{}
	for k, v := range baggage {
		items[k] = []byte(v)
	}
	body, err := json.Marshal(map[string]any{"url": url, "baggage": items})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Post(string(l)+"/call", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %s", res.Status, err, answer)
	}
	var s hops.Seen
	if err := json.Unmarshal(answer, &s); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	return s
}

func (l nodeLibrary) Serve(testing.TB) string { return string(l) + "/serve" }
