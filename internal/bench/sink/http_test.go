// SPDX-License-Identifier: Apache-2.0

package sink

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/wire"
)

func TestHandlerCountsByPath(t *testing.T) {
	otlp := wire.AppendOTLPSpan(nil, &model.Span{Operation: "op"})
	otlp = append(wire.AppendOTLPHead(nil, wire.AppendOTLPResource(nil, &model.Process{Service: "s"}), len(otlp), 1, nil), otlp...)
	h := &handler{spans: map[string]uint64{}}
	for _, tt := range []struct{ path, body, header, want string }{
		{"/v1/traces", string(otlp), "", "1 0"},
		{"/api/v2/spans", `[{"traceId":"1"},{"traceId":"2"}]`, "", "2 0"},
		{"/v0.4/traces", "any", "3", "3 0"},
		{"/telemetry", "any", "", "0 0"},
		{"/api/traces", "no Thrift", "", "0 1"},
		{"/v0.4/traces", "any", "", "3 2"},
	} {
		r := httptest.NewRequest(http.MethodPost, tt.path, strings.NewReader(tt.body))
		r.Header.Set("X-Datadog-Trace-Count", tt.header)
		h.ServeHTTP(httptest.NewRecorder(), r)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, tt.path, nil))
		if got := strings.TrimSpace(w.Body.String()); got != tt.want {
			t.Errorf("%s, %q: %s, want %s", tt.path, tt.body, got, tt.want)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/500/v1/traces", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("below /500/ the answer is %d", w.Code)
	}
}
