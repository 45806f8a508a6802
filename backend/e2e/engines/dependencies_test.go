// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// dependencies runs the job for a day, and returns what it says.
func dependencies(t *testing.T, day time.Time, env ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "dependencies")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./cmd/dependencies")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), bin, "--dependencies.date="+day.Format(time.DateOnly))
	cmd.Env = slices.DeleteFunc(append(os.Environ(), env...), func(s string) bool {
		return strings.HasPrefix(s, "CASSANDRA=") || strings.HasPrefix(s, "CASSANDRA_CA=")
	})
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s", out)
	return string(out)
}

// sendCalls sends traces of a day to a collector of ours: in each a calls b, which calls c
// twice. It returns how many.
func sendCalls(t *testing.T, otlp string, day time.Time) int {
	t.Helper()
	const traces = 600 // more than a page
	td := ptrace.NewTraces()
	services := []string{"a", "b", "c", "c"}
	for i, service := range services {
		rs := td.ResourceSpans().AppendEmpty()
		rs.Resource().Attributes().PutStr("service.name", service)
		spans := rs.ScopeSpans().AppendEmpty().Spans()
		for n := range traces {
			s := spans.AppendEmpty()
			start := day.Add(time.Duration(n) * time.Minute)
			s.SetTraceID(pcommon.TraceID{0: 7, 14: byte(n >> 8), 15: byte(n)})
			s.SetSpanID(pcommon.SpanID{0: 7, 7: byte(i + 1)})
			if i > 0 {
				s.SetParentSpanID(pcommon.SpanID{0: 7, 7: byte(min(i, 2))})
			}
			s.SetName("call")
			s.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
			s.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Millisecond)))
		}
	}
	body, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post("http://"+otlp+"/v1/traces", "application/x-protobuf", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("spans: %s", resp.Status)
	}
	return traces
}

// showsCalls waits until a query, ours or Jaeger's, shows the links of a day, and
// compares them.
func showsCalls(t *testing.T, query string, day time.Time, traces int) {
	t.Helper()
	want := []string{fmt.Sprintf("a b %d", traces), fmt.Sprintf("b c %d", 2*traces)}
	var got []string
	url := fmt.Sprintf("%s/api/dependencies?endTs=%d&lookback=%d", query, day.AddDate(0, 0, 1).UnixMilli()-1, (24 * time.Hour).Milliseconds())
	if !again(200*time.Millisecond, 15*time.Second, func() bool {
		var answer struct {
			Data []struct {
				Parent, Child string
				CallCount     int
			}
		}
		getJSON(t, url, &answer)
		got = nil
		for _, l := range answer.Data {
			got = append(got, fmt.Sprint(l.Parent, " ", l.Child, " ", l.CallCount))
		}
		slices.Sort(got)
		return reflect.DeepEqual(got, want)
	}) {
		t.Errorf("%s shows %v, want %v", query, got, want)
	}
}

// TestCassandraDependencies: what the job writes Jaeger 1.62 shows, and we do; it can be
// run again, and counts once.
func TestCassandraDependencies(t *testing.T) {
	const keyspace = "e2e_dependencies"
	s, day := cql(t), time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	execute(t, s, "DROP KEYSPACE IF EXISTS "+keyspace)
	_, o := ours(t, keyspace, nil)
	traces := sendCalls(t, o.at(4318), day)
	settled(t, s, keyspace, 4*traces)
	host, port, err := net.SplitHostPort(os.Getenv("CASSANDRA"))
	if err != nil {
		t.Fatal(err)
	}
	env := []string{
		"CASSANDRA_SERVERS=" + host, "CASSANDRA_PORT=" + port, "CASSANDRA_KEYSPACE=" + keyspace,
		"CASSANDRA_USERNAME=cassandra", "CASSANDRA_PASSWORD=cassandra",
	}
	j, _ := jaeger1(t, keyspace, 15000)
	for range 2 {
		want := fmt.Sprintf("2 links with %d calls of %s", 3*traces, day.Format(time.DateOnly))
		if got := dependencies(t, day, env...); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		showsCalls(t, j.query, day, traces)
		showsCalls(t, o.query, day, traces)
	}
	if got := dependencies(t, day.AddDate(0, 0, -5), env...); !strings.Contains(got, "nothing is written") {
		t.Errorf("a day without traces: %q", got)
	}
}

// TestElasticDependencies is TestCassandraDependencies with Elasticsearch or OpenSearch.
func TestElasticDependencies(t *testing.T) {
	url, prefix := elasticPrefix(t, "dependencies")
	day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)
	o := elasticOurs(t, url, prefix, elasticSpanAge())
	traces := sendCalls(t, o.ports[4318], day)
	if !again(200*time.Millisecond, 30*time.Second, func() bool {
		_, answer := elasticAsk(t, http.MethodGet, url+"/"+prefix+"-jaeger-span-*/_count?filter_path=count", "")
		return answer == fmt.Sprintf(`{"count":%d}`, 4*traces)
	}) {
		t.Fatal("the spans do not arrive")
	}
	j := elastic162(t, url, prefix)
	for range 2 {
		want := fmt.Sprintf("2 links with %d calls of %s", 3*traces, day.Format(time.DateOnly))
		if got := dependencies(t, day, "SPAN_STORAGE_TYPE=elasticsearch", "ES_SERVER_URLS="+url, "ES_INDEX_PREFIX="+prefix); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		showsCalls(t, j.query, day, traces)
		showsCalls(t, o.query, day, traces)
	}
}
