// SPDX-License-Identifier: Apache-2.0

package spurprom_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/go-spur/spur/spurprom"
	"github.com/go-spur/spur/spurtest"
)

func ExampleNewCollector() {
	tracer, _ := spurtest.New(nil)
	defer tracer.Close()
	registry := prometheus.NewRegistry() // or prometheus.MustRegister, for promhttp.Handler
	registry.MustRegister(spurprom.NewCollector(tracer))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))

	server := httptest.NewServer(mux)
	defer server.Close()
	tracer.StartSpan("counted").Finish()
	resp, err := server.Client().Get(server.URL + "/metrics")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "spur_spans_") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// spur_spans_dropped_total{destination="*spurtest.Recorder",reason="closed",service="test"} 0
	// spur_spans_dropped_total{destination="*spurtest.Recorder",reason="queue_full",service="test"} 0
	// spur_spans_dropped_total{destination="*spurtest.Recorder",reason="rejected",service="test"} 0
	// spur_spans_dropped_total{destination="*spurtest.Recorder",reason="retry_exhausted",service="test"} 0
	// spur_spans_dropped_total{destination="*spurtest.Recorder",reason="send_error",service="test"} 0
	// spur_spans_dropped_total{destination="*spurtest.Recorder",reason="too_large",service="test"} 0
	// spur_spans_finished_again_total{service="test"} 0
	// spur_spans_finished_total{sampled="false",service="test"} 0
	// spur_spans_finished_total{sampled="true",service="test"} 1
	// spur_spans_finished_total{sampled="undecided",service="test"} 0
	// spur_spans_open{service="test"} 0
	// spur_spans_sent_total{destination="*spurtest.Recorder",service="test"} 1
	// spur_spans_started_total{service="test"} 1
	// spur_spans_unconfirmed_total{destination="*spurtest.Recorder",service="test"} 0
	// spur_spans_used_after_finish_total{service="test"} 0
}
