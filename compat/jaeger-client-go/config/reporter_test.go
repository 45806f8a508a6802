// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/uber/jaeger-client-go/config"
)

func TestCollector(t *testing.T) {
	requests := make(chan http.Header, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r.Header
		w.WriteHeader(http.StatusAccepted)
	}))
	defer server.Close()
	for _, tt := range []struct{ user, password, want string }{
		{"u", "p", "Basic dTpw"},
		{"u", "", ""},
		{"", "", ""},
	} {
		tracer, closer, err := config.Configuration{ServiceName: "orders", Sampler: always(), Reporter: &config.ReporterConfig{
			CollectorEndpoint: server.URL, User: tt.user, Password: tt.password, HTTPHeaders: map[string]string{"x-mine": "yes"},
		}}.NewTracer()
		if err != nil {
			t.Fatal(err)
		}
		tracer.StartSpan("GET /").Finish()
		closeAll(t, closer)
		if h := <-requests; h.Get("Authorization") != tt.want || h.Get("x-mine") != "yes" {
			t.Errorf("%v", h)
		}
	}
}

func TestLogSpans(t *testing.T) {
	var logger texts
	tracer := newTracer(t, config.Configuration{ServiceName: "orders", Sampler: always(), Reporter: &config.ReporterConfig{LogSpans: true}}, config.Logger(&logger))
	span := tracer.StartSpan("GET /")
	span.Finish()
	for _, want := range []string{"Initializing logging reporter", "Reporting span "} {
		if !logger.contains(want) {
			t.Errorf("%q is not in %q", want, logger.lines)
		}
	}
	if _, err := (&config.ReporterConfig{LogSpans: true}).NewReporter("orders", nil, nil); err != nil {
		t.Error(err)
	}
}
