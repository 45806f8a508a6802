// SPDX-License-Identifier: Apache-2.0

package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
)

// v3Answer is an answer of v3 with traces.
type v3Answer struct {
	Result json.RawMessage
	Error  v3Error
}

// shown says what an answer has: id/span,span … in its order, and its error.
func (a v3Answer) shown(t *testing.T) (out []string) {
	t.Helper()
	if a.Result != nil {
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(a.Result)
		if err != nil {
			t.Fatalf("%v in %s", err, a.Result)
		}
		for s := range trace.Spans(td) {
			id, span := strings.TrimLeft(s.TraceID().String(), "0"), strings.TrimLeft(s.SpanID().String(), "0")
			if n := len(out) - 1; n >= 0 && strings.HasPrefix(out[n], id+"/") {
				out[n] += "," + span
			} else {
				out = append(out, id+"/"+span)
			}
		}
	}
	if a.Error.HTTPCode != 0 {
		out = append(out, fmt.Sprint(a.Error.HTTPCode, " ", a.Error.Message))
	}
	return out
}

// v3Window is the time of all spans of searchStore.
func v3Window() string {
	return "query.start_time_min=" + searchStart.Format(time.RFC3339Nano) + "&query.start_time_max=" + searchStart.Add(time.Minute).Format(time.RFC3339Nano)
}

func TestV3Traces(t *testing.T) {
	h := New(Config{Store: searchStore(t, 3)}) // ids 100, 101, 102
	none := []string{"404 No traces found"}
	search := func(kv ...string) string {
		target := "/api/v3/traces?" + v3Window()
		for i := 0; i < len(kv); i += 2 {
			target += "&query." + kv[i] + "=" + url.QueryEscape(kv[i+1])
		}
		return target
	}
	at := searchStart.Add(time.Second) // of trace 101
	zone := at.In(time.FixedZone("", 3600)).Format(time.RFC3339Nano)
	for target, want := range map[string][]string{
		search(): {"102/1,2", "101/1,2", "100/1,2"},
		search("service_name", "shop", "num_traces", "2"):                           {"102/1,2", "101/1,2"},
		search("serviceName", "shop", "searchDepth", "1"):                           {"102/1,2"},
		search("search_depth", "1", "num_traces", "2"):                              {"102/1,2"},
		search("service_name", "shop", "operation_name", "query"):                   none, // of the other service
		search("service_name", "shop", "duration_min", "2ms", "durationMax", "2ms"): {"101/1,2"},
		search("attributes", `{"odd":"true"}`, "raw_traces", "true"):                {"101/1,2"},
		search("attributes", `{"error":"true","i":"0"}`):                            {"100/1,2"},
		search("filter", filterOf("gt", argAttr("i"), argValue("1"))):               {"102/1,2"},
		// Grafana does not escape times.
		"/api/v3/traces?query.start_time_min=" + zone + "&query.start_time_max=" + zone: {"101/1,2"},
		"/api/v3/traces?query.startTimeMin=" + zone + "&query.startTimeMax=" + zone:     {"101/1,2"},
		"/api/v3/traces/102":                                 {"102/1,2"},
		"/api/v3/traces/9":                                   none,
		"/api/v3/traces/0":                                   none,
		"/api/v3/traces/101?start_time=" + zone:              {"101/1,2"},
		"/api/v3/traces/101?endTime=" + zone:                 none,
		"/api/v3/traces/101?raw_traces=1&start_time=" + zone: {"101/1,2"},
	} {
		rec := get(h, "http://localhost"+target)
		var answer v3Answer
		decode(t, rec, &answer)
		if got := answer.shown(t); !reflect.DeepEqual(got, want) || rec.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
}

func TestV3Errors(t *testing.T) {
	h := New(Config{Store: searchStore(t, 1)})
	search := "/api/v3/traces?" + v3Window() + "&query."
	summaries := "/api/v3/trace-summaries?" + v3Window() + "&query."
	for target, want := range map[string]string{
		"/api/v3/traces":                                                 "query.start_time_min and query.start_time_max are required",
		"/api/v3/trace-summaries":                                        "query.start_time_min and query.start_time_max are required",
		"/api/v3/traces/xyz":                                             `malformed parameter trace_id: strconv.ParseUint: parsing "xyz": invalid syntax`,
		"/api/v3/traces/1?start_time=now":                                `malformed parameter start_time: parsing time "now" as`,
		"/api/v3/traces/1?endTime=now":                                   `malformed parameter endTime: parsing time "now" as`,
		"/api/v3/traces/1?raw_traces=maybe":                              `malformed parameter raw_traces: strconv.ParseBool: parsing "maybe"`,
		"/api/v3/traces?query.start_time_min=1&query.start_time_max=2":   `malformed parameter query.start_time_min: parsing time "1"`,
		search + "num_traces=x":                                          `malformed parameter query.num_traces: strconv.Atoi: parsing "x": invalid syntax`,
		search + "search_depth=-1":                                       `malformed parameter query.search_depth: "-1" is less than 0`,
		search + "duration_min=7":                                        `malformed parameter query.duration_min: time: missing unit in duration "7"`,
		search + "durationMax=soon":                                      `malformed parameter query.durationMax: time: invalid duration "soon"`,
		search + "raw_traces=maybe":                                      `malformed parameter query.raw_traces: strconv.ParseBool`,
		search + "attributes=%7B":                                        `malformed parameter query.attributes: unexpected end of JSON input`,
		search + "attributes=%7B%22a%22:7%7D":                            `malformed parameter query.attributes: json: cannot unmarshal number`,
		search + "filter=%7B%22op%22:%22like%22%7D":                      `malformed parameter query.filter: column 1: unknown operator "like"`,
		search + "filter=x&query.service_name=shop":                      `query.filter excludes query.service_name`,
		search + "pagination.pageSize=1":                                 `query.pagination is for trace-summaries`,
		summaries + "pagination.pageToken=x":                             `query.pagination.pageSize is required, and at least 1`,
		summaries + "pagination.pageSize=x":                              `malformed parameter query.pagination.pageSize`,
		summaries + "pagination.pageSize=1&query.num_traces=1":           `query.pagination excludes query.num_traces`,
		summaries + "pagination.pageSize=1&query.pagination.pageToken=x": `invalid cursor`,
	} {
		rec := get(h, "http://localhost"+target)
		var answer v3Answer
		decode(t, rec, &answer)
		if rec.Code != http.StatusBadRequest || answer.Error.HTTPCode != rec.Code || !strings.HasPrefix(answer.Error.Message, want) {
			t.Errorf("%s: %d %s, want %s", target, rec.Code, rec.Body, want)
		}
	}
	attributes := "{"
	for i := range trace.MaxQueryTerms + 1 {
		attributes += fmt.Sprintf(`"%d":"",`, i)
	}
	attributes = strings.TrimSuffix(attributes, ",") + "}"
	if rec := get(h, "http://localhost"+search+"attributes="+url.QueryEscape(attributes)); !strings.Contains(rec.Body.String(), "65 are more than 64") {
		t.Error(rec.Body)
	}
}

func TestV3Names(t *testing.T) {
	h := New(Config{Store: searchStore(t, 2)})
	for target, want := range map[string]string{
		"/api/v3/services":                                     `{"services":["db","shop"]}`,
		"/api/v3/operations?service=shop":                      `{"operations":[{"name":"GET /","spanKind":"unspecified"}]}`,
		"/api/v3/operations?service=shop&span_kind=server":     `{"operations":[]}`,
		"/api/v3/operations?service=shop&spanKind=unspecified": `{"operations":[{"name":"GET /","spanKind":"unspecified"}]}`,
		"/api/v3/operations":                                   `{"operations":[]}`,
	} {
		if rec := get(h, "http://localhost"+target); strings.TrimSpace(rec.Body.String()) != want {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
	}
	empty := New(Config{Store: searchStore(t, 0)})
	if rec := get(empty, "http://localhost/api/v3/services"); strings.TrimSpace(rec.Body.String()) != `{"services":[]}` {
		t.Error(rec.Body)
	}
}

// failingStore fails with err when it is asked for a trace, but for the first n.
type failingStore struct {
	store.Store
	n   int
	err error
}

func (s *failingStore) Trace(ctx context.Context, id pcommon.TraceID, w trace.Window) (ptrace.Traces, error) {
	if s.n--; s.n >= 0 {
		return s.Store.Trace(ctx, id, w)
	}
	return ptrace.Traces{}, s.err
}

func (s *failingStore) Services(context.Context) ([]string, error) { return nil, s.err }

func (s *failingStore) Operations(context.Context, string) ([]trace.Operation, error) {
	return nil, s.err
}

func (s *failingStore) Search(ctx context.Context, q trace.Query) (trace.Page, error) {
	if s.n < 0 {
		return trace.Page{}, s.err
	}
	return s.Store.Search(ctx, q)
}

// TestV3StoreErrors: what the store cannot do has its status, in v3's form.
func TestV3StoreErrors(t *testing.T) {
	for err, want := range map[error]string{
		errors.ErrUnsupported:            `501 this store cannot do that`,
		store.ErrClosed:                  `503 too busy: try again`,
		errors.New("/secret: I/O error"): `500 internal error: see the server's log`,
	} {
		for _, target := range []string{"/api/v3/services", "/api/v3/operations?service=s", "/api/v3/traces?" + v3Window(), "/api/v3/traces/100", "/api/v3/trace-summaries?" + v3Window()} {
			h := New(Config{Store: &failingStore{Store: searchStore(t, 1), n: -1, err: err}, Logger: discard})
			rec := get(h, "http://localhost"+target)
			var answer v3Answer
			decode(t, rec, &answer)
			if got := answer.shown(t); len(got) != 1 || got[0] != want || rec.Code != answer.Error.HTTPCode {
				t.Errorf("%s: %d %q, want %q", target, rec.Code, got, want)
			}
		}
	}
}

// TestV3Missing: a trace that cannot be had is said to be missing, one that is gone
// since it was found is not.
func TestV3Missing(t *testing.T) {
	for _, c := range []struct {
		n    int
		err  error
		want []string
	}{
		{1, trace.ErrBusy, []string{"102/1,2", "503 trace 0000000000000101 is missing: too busy: try again (and 1 more)"}},
		{0, trace.ErrBusy, []string{"503 too busy: try again"}},
		{1, store.ErrNotFound, []string{"102/1,2"}},
		{0, store.ErrNotFound, []string{"404 No traces found"}},
	} {
		h := New(Config{Store: &failingStore{Store: searchStore(t, 3), n: c.n, err: c.err}})
		rec := get(h, "http://localhost/api/v3/traces?"+v3Window())
		var answer v3Answer
		decode(t, rec, &answer)
		if got := answer.shown(t); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v after %d: %d %q, want %q", c.err, c.n, rec.Code, got, c.want)
		}
	}
}
