// SPDX-License-Identifier: Apache-2.0

package deploy

import (
	"fmt"
	"slices"
	"testing"
)

// TestJobs: the job of dependencies, which computes the day of an hour ago, runs in the first
// hour of a day in UTC, once at a time, beside queries with the same store.
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
			query := deployment(t, all, "spur-query").Spec.Template.Spec.Containers[0]
			for _, e := range o.pods().Spec.Containers[0].Env {
				if !slices.ContainsFunc(query.Env, func(q kubernetesVariable) bool { return q.Name == e.Name && q.Value.Value == e.Value.Value }) {
					t.Errorf("%s: %s=%s is not what queries have", path, e.Name, e.Value.Value)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no job")
	}
}
