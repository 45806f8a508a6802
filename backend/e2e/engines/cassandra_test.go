// SPDX-License-Identifier: Apache-2.0

//go:build engines

package engines

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"
)

// differences are what rows of ours have that differ from Jaeger 1.62's of the same
// spans, by a text that such a row holds. One that no row holds is an error.
var differences = map[string]string{
	`"internal.span.format", "value_type": "string", "value_string": "jaeger"`: "of spans by gRPC Jaeger says proto; they are told apart from Thrift's by nothing else",
	`"internal.span.format", "value_type": "string", "value_string": "zipkin"`: "Zipkin's addresses and annotations are kept, where Jaeger loses some",
	`"otel.dropped_`:      "Jaeger does not say what was dropped",
	`"$$span.warning.`:    "what was mended is a warning",
	`"service_name": "7"`: "a service whose name is a number has a name",
}

// TestCassandraRows: we write the rows that Jaeger 1.62 writes, hashes included.
func TestCassandraRows(t *testing.T) {
	s := cql(t)
	for _, k := range []string{"e2e_ours", "e2e_jaeger"} {
		execute(t, s, "DROP KEYSPACE IF EXISTS "+k)
	}
	_, o := ours(t, "e2e_ours", nil)
	_, reader := ours(t, "e2e_jaeger", nil)
	j, _ := jaeger1(t, "e2e_jaeger", 12000)
	c := load(t)
	c.send(t, o.at)
	c.send(t, j.at)
	const spans = 150
	settled(t, s, "e2e_ours", spans)
	settled(t, s, "e2e_jaeger", spans)
	stable(t, s, "e2e_ours.tag_index")
	stable(t, s, "e2e_jaeger.tag_index")

	got, want := rowsOf(t, s, "e2e_ours.traces"), rowsOf(t, s, "e2e_jaeger.traces")
	used, equal := map[string]bool{}, 0
	for row := range got {
		if want[row] {
			equal++
			continue
		}
		explained := false
		for text := range differences {
			if strings.Contains(row, text) {
				used[text], explained = true, true
			}
		}
		if !explained {
			t.Errorf("Jaeger has no such row: %s", row)
		}
	}
	for text, reason := range differences {
		if !used[text] {
			t.Errorf("a difference that no row has: %s, %s", text, reason)
		}
	}
	if equal < 100 {
		t.Errorf("%d rows of %d are equal", equal, len(got))
	}
	t.Logf("%d rows of %d are equal in every column", equal, len(got))

	// Whoever reads, and whoever wrote, the same is found.
	two := jaeger2(t, "e2e_ours", 13000)
	old, _ := jaeger1(t, "e2e_ours", 14000)
	compare(t, o, old, two)
	compare(t, reader, j)
}

// stable waits until a table has stopped to grow.
func stable(t testing.TB, s *gocql.Session, table string) {
	t.Helper()
	last := -1
	if !again(time.Second, time.Minute, func() bool {
		before := last
		last = len(rowsOf(t, s, table))
		return last == before
	}) {
		t.Fatalf("%s goes on growing, %d rows", table, last)
	}
}

// compare asks ours and others, which read the same keyspace, the same.
func compare(t *testing.T, ours peer, others ...peer) {
	t.Helper()
	window := url.Values{"start": {"1795800000000000"}, "end": {"1795950000000000"}, "limit": {"200"}}
	services := namesOf(t, ours)
	found := 0
	for _, o := range others {
		if got := namesOf(t, o); !slices.Equal(got, services) {
			t.Errorf("%s lists services %q, we %q", o.name, got, services)
		}
		for _, service := range services {
			if strings.Contains(service, "nan") {
				continue // Jaeger cannot write NaN as JSON, and answers 500
			}
			for _, more := range []url.Values{
				{},
				{"operation": {"GET /x"}},
				{"tags": {`{"sampler.type":"const"}`}},
				{"tags": {`{"http.status_code":"500"}`}},
				{"minDuration": {"999us"}},
				{"minDuration": {"999us"}, "maxDuration": {"1001ms"}}, // Jaeger leaves out the bounds
			} {
				q := url.Values{"service": {service}}
				for _, values := range []url.Values{window, more} {
					for k, v := range values {
						q[k] = v
					}
				}
				want, got := idsOf(t, ours, q), idsOf(t, o, q)
				found += len(want)
				if !slices.Equal(got, want) {
					t.Errorf("%s finds %v, we %v: %s", o.name, got, want, q.Encode())
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("searches found %d traces", found)
	}
}

func namesOf(t *testing.T, p peer) (names []string) {
	t.Helper()
	var answer struct{ Data []string }
	if status := getJSON(t, p.query+"/api/services", &answer); status != 200 {
		t.Fatalf("%s: services: status %d", p.name, status)
	}
	slices.Sort(answer.Data)
	return answer.Data
}

// idsOf returns the traces that a search finds, each with its number of spans.
func idsOf(t *testing.T, p peer, q url.Values) (ids []string) {
	t.Helper()
	var answer struct {
		Data []struct {
			TraceID string
			Spans   []struct{ SpanID string }
		}
	}
	if status := getJSON(t, p.query+"/api/traces?"+q.Encode(), &answer); status != 200 {
		t.Errorf("%s: status %d: %s", p.name, status, q.Encode())
	}
	for _, d := range answer.Data {
		ids = append(ids, fmt.Sprintf("%s/%d", d.TraceID, len(d.Spans)))
	}
	slices.Sort(ids)
	return ids
}
