// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"net/http"
	"testing"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/go-spur/spur/backend/internal/grafana"
)

// TestGrafana: what Grafana's Jaeger data source asks is answered from each engine
// about spans that came by OTLP.
func TestGrafana(t *testing.T) {
	calls, spans, err := grafana.Load("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	sent, err := ptraceotlp.NewExportRequestFromTraces(spans).MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []string{"memory", "sqlite"} {
		t.Run(engine, func(t *testing.T) {
			s := start(t, engine)
			r := request(t, http.MethodPost, "http://"+s.addr(4318)+"/v1/traces", sent)
			r.Header.Set("Content-Type", "application/x-protobuf")
			if status, _, answer := do(t, r); status != http.StatusOK {
				t.Fatalf("%d %s", status, answer)
			}
			s.awaitStored(int64(spans.SpanCount()))
			for _, c := range calls {
				status, _, body := do(t, request(t, http.MethodGet, "http://"+s.addr(portQuery)+c.Path, nil))
				if err := c.Check(status, body); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
