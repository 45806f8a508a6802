// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// TestJobs: the job of dependencies, which computes the day of an hour ago, runs in the first
// hour of a day in UTC and not later, once at a time, beside queries with the same store.
func TestJobs(t *testing.T) {
	seen := 0
	for _, path := range glob(t, "kubernetes/*.yaml") {
		all := objects(t, path)
		for _, o := range all {
			if o.Kind != "CronJob" {
				continue
			}
			seen++
			var minute int
			if n, err := fmt.Sscanf(o.Spec.Schedule, "%d 0 * * *", &minute); n != 1 || err != nil || o.Spec.TimeZone != "Etc/UTC" || 60*minute+o.Spec.Deadline >= 3600 {
				t.Errorf("%s: it begins at %q in %q, %d s later at most", path, o.Spec.Schedule, o.Spec.TimeZone, o.Spec.Deadline)
			}
			if o.Spec.Concurrency != "Forbid" || o.pods().Spec.Restart != "Never" {
				t.Errorf("%s: concurrency %q, restart %q", path, o.Spec.Concurrency, o.pods().Spec.Restart)
			}
			if b := o.Spec.Job.Spec.Backoff; b == nil || *b != 0 {
				t.Errorf("%s: a run that fails is tried again, when the day may be another", path)
			}
			query := deployment(t, all, "spur-query")
			want := store(query.pods())
			if got := store(o.pods()); len(want) < 3 || !maps.Equal(got, want) {
				t.Errorf("%s: the job's store is\n%v\nand that of queries\n%v", path, got, want)
			}
		}
	}
	if seen == 0 {
		t.Error("no job")
	}
}

// store returns the variables that say where traces are.
func store(p *podTemplate) map[string]string {
	vars := map[string]string{}
	for _, e := range p.Spec.Containers[0].Env {
		for _, prefix := range []string{"SPAN_STORAGE_", "CASSANDRA_", "ES_"} {
			if strings.HasPrefix(e.Name, prefix) {
				vars[e.Name] = fmt.Sprint(e.Value.Value, e.From)
			}
		}
	}
	return vars
}
