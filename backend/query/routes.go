// SPDX-License-Identifier: Apache-2.0

package query

import "net/http"

type route struct {
	pattern string // of http.ServeMux
	handler http.Handler
	about   string
}

// routes is every address there is.
func (s *server) routes() []route {
	return []route{
		{"GET /{$}", s.page(s.home), "this list"},
		{"GET /trace/{id}", s.raw(s.tracePage), ""},
		{"GET /compare", s.page(s.home), ""},
		{"GET /services", s.page(s.home), ""},
		{"GET /map", s.page(s.home), ""},
		{"GET /status", s.page(s.home), ""},
		{"GET /ui/{hash}/{file...}", http.HandlerFunc(s.ui.File), ""},

		{"GET /api/services", s.json(s.services), "all services"},
		{"GET /api/services/{service...}", s.json(s.serviceOperations), ""},
		{"GET /api/operations", s.json(s.operations), "?service=&spanKind="},
		{"GET /api/traces", s.json(s.traces), "?service=&operation=&tags={}&start=&end=&minDuration=&maxDuration=&limit= or ?traceID="},
		{"GET /api/traces/{id}", s.json(s.traceByID), "?start=&end=&raw=true&adjust=skew"},
		{"GET /api/dependencies", s.json(s.dependencies), "?endTs=&lookback="},
		{"POST /api/archive/{id}", s.json(s.archive), "keep a trace"},
		{"POST /api/transform", s.json(s.transform), "OTLP JSON to Jaeger JSON"},
		{"GET /api/metrics/latencies", s.json(s.latencies), "?service=&quantile="},
		{"GET /api/metrics/calls", s.json(s.calls), "?service="},
		{"GET /api/metrics/errors", s.json(s.errorRates), "?service="},
		{"GET /api/metrics/minstep", s.json(s.minStep), ""},

		{"GET /api/v3/services", s.v3(s.v3Services), "all services"},
		{"GET /api/v3/operations", s.v3(s.v3Operations), "?service=&span_kind="},
		{"GET /api/v3/traces", s.v3(s.v3Traces), "?query.service_name=&query.start_time_min=&query.start_time_max=&query.search_depth= and others: OTLP JSON"},
		{"GET /api/v3/traces/{id}", s.v3(s.v3Trace), "?start_time=&end_time=&raw_traces=true"},
		{"GET /api/v3/trace-summaries", s.v3(s.v3Summaries), "as /api/v3/traces, or with query.pagination.pageSize= and pageToken="},

		{"GET /api/search", s.json(s.search), "?q=&limit=&cursor=&order=newest|longest|spans&columns="},
		{"GET /api/live", s.raw(s.live), "?q=&columns=: server-sent events"},
		{"GET /api/keys", s.json(s.keys), "?prefix="},
		{"GET /api/values", s.json(s.values), "?key=&prefix="},
		{"GET /api/trace/{id}/outline", s.json(s.outline), "a trace as columns"},
		{"GET /api/trace/{id}/spans", s.json(s.spans), "?ids="},
		{"GET /api/trace/{id}/match", s.json(s.match), "?q=: which spans q finds"},
		{"GET /api/status", s.json(s.status), "ports, counters, what is stored"},
		{"GET /api/ui-config", s.json(s.uiConfig), "link patterns"},
		{"GET /api/map", s.json(s.serviceMap), "who calls whom"},
		{"GET /api/red", s.json(s.red), "?service=&operation=&kind=&byOperation=&start=&end=&step="},
		{"GET /api/usual", s.json(s.usual), "?service=&operation=, or of each operation"},
		{"POST /api/import", s.json(s.importTraces), "Jaeger or OTLP JSON, or OTLP protobuf"},
		{"DELETE /api/traces", s.json(s.purge), "forget everything"},

		// Jaeger UI's, so that its links go on working.
		{"GET /search", s.raw(s.jaegerSearch), ""},
		{"GET /dependencies", s.raw(s.moved("/map")), ""},
		{"GET /monitor", s.raw(s.moved("/services")), ""},
	}
}
