// SPDX-License-Identifier: Apache-2.0

package query

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzAddress: whatever is asked for, the answer is JSON and none of the
// server's own failures.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"/api/services", "/api/services/a/b/operations", "/api/services/a%2Fb/operations", "/api/operations?service=shop&spanKind=server",
		"/api/traces?service=shop&operation=GET+/&start=1767323045000000&end=1767323046000000&minDuration=1us&maxDuration=1h&limit=7",
		"/api/traces?service=shop&start=-9223372036854775808&end=9223372036854775807&tags={\"a\":\"b\"}&tag=error:true",
		"/api/traces?traceID=100&traceID=ffffffffffffffffffffffffffffffff&traceID=", "/api/traces/100?start=1&end=2&raw=1&adjust=skew",
		"/api/dependencies?endTs=9223372036854775807&lookback=-9223372036854775808&service=x", "/api/metrics/calls?service=shop&ratePer=9223372036854775807&endTs=-9223372036854775808",
		"/api/metrics/latencies?service=shop&quantile=1e-300&step=9223372036854775807&lookback=9223372036854775807", "/api/metrics/errors?service=&spanKind=server",
		"/api/red?service=shop&byOperation=1&step=9223372036s&start=-1&end=9223372036854775807", "/api/usual?service=shop&operation=GET+/", "/api/map?start=1&end=99999999999999999",
		"/api/v3/services", "/api/v3/operations?service=shop&span_kind=server", "/api/v3/traces/100?start_time=2026-01-02T03:04:05+01:00&end_time=9999-12-31T23:59:59.999999999Z&raw_traces=1",
		"/api/v3/traces?query.service_name=shop&query.operation_name=GET&query.start_time_min=0001-01-01T00:00:00Z&query.start_time_max=9999-12-31T23:59:59Z&query.num_traces=2&query.duration_min=1ns&query.duration_max=-1h&query.attributes={\"i\":\"1\"}&query.raw_traces=true",
		"/api/v3/trace-summaries?query.startTimeMin=2026-01-01T00:00:00Z&query.startTimeMax=2027-01-01T00:00:00Z&query.pagination.pageSize=1&query.pagination.pageToken=x&query.filter={\"op\":\"exists\",\"args\":[{\"attr\":{\"key\":\"i\"}}]}",
		"/api/search?q=service:shop&limit=-1&cursor=x&order=longest&columns=a", "/api/keys?prefix=a&limit=7", "/api/values?key=i&prefix=1",
		"/api/trace/100/outline", "/api/trace/100/spans?ids=1,2,zz", "/api/trace/100/match?q=a~(", "/search?service=a&lookback=9999999999w", "/trace/1...2", "/trace/1?uiFind=%00", "/api/status", "/api/ui-config", "/",
	} {
		f.Add(s)
	}
	h := New(Config{Store: searchStore(f, 3)})
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.Parse("http://localhost/" + strings.TrimPrefix(target, "/"))
		if err != nil || u.Host != "localhost" || u.Path == "/api/live" {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		r.URL = u
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code == http.StatusInternalServerError {
			t.Fatalf("%s: %s", u, rec.Body)
		}
		if strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") && !json.Valid(rec.Body.Bytes()) {
			t.Fatalf("%s: %s", u, rec.Body)
		}
	})
}
