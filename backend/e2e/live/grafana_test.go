// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package live

import (
	"bytes"
	"net/http"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/backend/e2e/live/emit"
	"github.com/go-spur/spur/backend/internal/grafana"
)

// TestGrafana: what Grafana's Jaeger data source asks, all-in-one answers; and
// Jaegers, where the list of its requests does not say what they do.
func TestGrafana(t *testing.T) {
	calls, spans, err := grafana.Load("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	for version, start := range map[string]func(*testing.T) *receiver{
		"":     func(t *testing.T) *receiver { return startOurs(t) },
		"1.62": startJaeger,
		"2.13": func(t *testing.T) *receiver { return startVersion(t, "2") },
	} {
		t.Run("Jaeger "+version, func(t *testing.T) {
			r := start(t)
			postOTLP(t, r, spans)
			for i, c := range calls {
				check := func() error {
					status, _, body := get(t, r.query+c.Path)
					return c.Check(status, body)
				}
				if i == 0 { // all services are known
					await(t, func() (bool, any) { err := check(); return err == nil, err })
				}
				err := check()
				switch why, differs := c.NotJaeger[version]; {
				case differs && err == nil:
					t.Errorf("%s: it is the same after all: %s", c.Name, why)
				case !differs && err != nil:
					t.Error(err)
				}
			}
		})
	}
}

func postOTLP(t *testing.T, to *receiver, spans ptrace.Traces) {
	t.Helper()
	body, err := ptraceotlp.NewExportRequestFromTraces(spans).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(to.wires[emit.OTLPHTTP], "application/x-protobuf", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", to.name, answer.Status)
	}
}
