// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-spur/spur/backend/internal/golden"
)

// searchV3 is the path of a search for up to 50 traces in the hour before and after
// base, unless it says otherwise; "-" leaves a parameter out.
func searchV3(kv ...string) string {
	q := url.Values{"query.start_time_min": {"2026-11-28T11:00:00.123456Z"}, "query.start_time_max": {"2026-11-28T13:00:00.123456Z"}, "query.num_traces": {"50"}}
	for i := 0; i < len(kv); i += 2 {
		if q.Set("query."+kv[i], kv[i+1]); kv[i+1] == "-" {
			q.Del("query." + kv[i])
		}
	}
	return "/api/v3/traces?" + q.Encode()
}

// tracesV3 are the ids of a service's traces.
func tracesV3(service string) (ids []string) {
	_, body := query(searchV3("service_name", service, "raw_traces", "true"))
	for _, m := range regexp.MustCompile(`"traceId":"([0-9a-f]{32})"`).FindAllSubmatch(body, -1) {
		ids = append(ids, string(m[1]))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func requestsV3() (all []golden.Request) {
	get := func(name, path string) {
		all = append(all, golden.Request{Name: name, Method: http.MethodGet, Path: path})
	}
	// v2.13's memory changes the traces that it shows unless they are to be raw.
	var adjusted []golden.Request
	get("services", "/api/v3/services")
	for _, s := range services() {
		get("operations-"+s, "/api/v3/operations?service="+url.QueryEscape(s))
		for i, id := range tracesV3(s) {
			if !strings.HasPrefix(s, "search") || i == 3 {
				get(fmt.Sprintf("raw-%s-%d", s, i), "/api/v3/traces/"+id+"?raw_traces=true")
				adjusted = append(adjusted, golden.Request{Name: fmt.Sprintf("trace-%s-%d", s, i), Method: http.MethodGet, Path: "/api/v3/traces/" + id})
			}
		}
	}
	all = append(all, adjusted...)
	get("operations-server", "/api/v3/operations?service=search-front&span_kind=server")
	get("operations-kind-new", "/api/v3/operations?service=search-front&spanKind=client")
	get("operations-other-kind", "/api/v3/operations?service=search-front&span_kind=nonsense")
	get("operations-no-service", "/api/v3/operations")
	get("operations-unknown", "/api/v3/operations?service=unknown")

	one := "/api/v3/traces/" + tracesV3("search-front")[0]
	get("trace-nan", "/api/v3/traces/2af7651916cd43dd8448eb211c803102")
	get("trace-upper-case", "/api/v3/traces/"+strings.ToUpper(strings.TrimPrefix(one, "/api/v3/traces/")))
	get("trace-short", "/api/v3/traces/ff")
	get("trace-unknown", "/api/v3/traces/1")
	get("trace-zero", "/api/v3/traces/0")
	get("trace-bad", "/api/v3/traces/xyz")
	get("trace-long", one+"0")
	get("trace-window", one+"?start_time=2026-11-28T11:00:00Z&end_time=2026-11-28T13:00:00Z")
	get("trace-window-zone", one+"?start_time=2026-11-28T12:00:00%2B01:00&end_time=2026-11-28T14:00:00%2B01:00")
	get("trace-window-blank", one+"?start_time=2026-11-28T12:00:00+01:00&end_time=2026-11-28T14:00:00+01:00")
	get("trace-window-outside", one+"?start_time=2026-11-28T11:00:00Z&end_time=2026-11-28T11:30:00Z")
	get("trace-start-bad", one+"?start_time=1795867200123456")
	get("trace-end-bad", one+"?end_time=now")
	get("trace-raw-bad", one+"?raw_traces=maybe")

	front := func(name string, kv ...string) {
		get("search-"+name, searchV3(append([]string{"service_name", "search-front"}, kv...)...))
	}
	front("service")
	front("raw", "raw_traces", "true")
	front("operation", "operation_name", "POST /order")
	front("operation-unknown", "operation_name", "unknown")
	front("attributes", "attributes", `{"customer":"ada"}`)
	front("attributes-bad", "attributes", `{"customer"`)
	front("min-duration", "duration_min", "100ms")
	front("max-duration", "duration_max", "5ms")
	front("durations", "duration_min", "50ms", "duration_max", "60ms")
	front("durations-reversed", "duration_min", "60ms", "duration_max", "50ms")
	front("min-duration-bad", "duration_min", "100")
	front("max-duration-bad", "duration_max", "soon")
	front("num-2", "num_traces", "2")
	front("num-0", "num_traces", "0")
	front("num-minus", "num_traces", "-1")
	front("num-bad", "num_traces", "many")
	front("num-none", "num_traces", "-")
	front("depth-2", "num_traces", "-", "search_depth", "2")
	front("raw-bad", "raw_traces", "maybe")
	front("no-start", "start_time_min", "-")
	front("no-end", "start_time_max", "-")
	front("start-bad", "start_time_min", "1795867200123456")
	front("end-bad", "start_time_max", "now")
	front("zone", "start_time_min", "2026-11-28T12:00:00+01:00", "start_time_max", "2026-11-28T14:00:00+01:00")
	front("no-time", "start_time_min", "2026-11-28T13:00:00Z", "start_time_max", "2026-11-28T14:00:00Z")
	get("search-blank", strings.ReplaceAll(searchV3("service_name", "search-front", "start_time_min", "2026-11-28T12:00:00+01:00"), "%2B", "+"))
	get("search-unknown", searchV3("service_name", "unknown"))
	get("search-no-service", searchV3())
	get("search-new-names", "/api/v3/traces?query.serviceName=search-front&query.startTimeMin=2026-11-28T11:00:00Z&query.startTimeMax=2026-11-28T13:00:00Z&query.searchDepth=50")
	// start of a span, to the ns
	get("search-first", searchV3("service_name", "search-front", "start_time_max", "2026-11-28T12:00:00.123456789Z"))
	get("search-nothing", "/api/v3/traces")
	get("unknown", "/api/v3/unknown")
	return all
}
