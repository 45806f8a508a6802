// SPDX-License-Identifier: Apache-2.0

package query

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// correctSkew moves spans of other hosts than their parents' so that they lie
// within them, and says so in a warning. It takes both ways between two hosts
// to be equally long.
func (v *view) correctSkew() {
	first := make(map[pcommon.SpanID]int, len(v.spans))
	for i := range v.spans {
		if _, ok := first[v.spans[i].SpanID()]; !ok {
			first[v.spans[i].SpanID()] = i
		}
	}
	children := map[int][]int{}
	var todo []int // those whose parent is done, roots at first; spans in a cycle never are
	for i := range v.spans {
		if p, ok := first[v.spans[i].ParentSpanID()]; ok {
			children[p] = append(children[p], i)
		} else {
			todo = append(todo, i)
		}
	}
	hosts := make([]string, len(v.processes))
	for i, p := range v.processes {
		hosts[i] = p.host()
	}
	for len(todo) > 0 {
		n := len(todo) - 1
		parent := &v.spans[todo[n]]
		next := children[todo[n]]
		todo = append(todo[:n], next...)
		for _, i := range next {
			child := &v.spans[i]
			if a, b := hosts[child.process], hosts[parent.process]; a == b && a != "" {
				child.shift = parent.shift
			} else {
				child.shift = skew(child, parent)
			}
			if child.shift != 0 {
				child.warnings = append(child.warnings, "moved by "+child.shift.String()+" for clock skew")
			}
		}
	}
}

// skew is how much to add to the child's times. A child that is longer than its
// parent goes on after it, so that only its start can be wrong.
func skew(child, parent *viewSpan) time.Duration {
	start, duration := child.StartTimestamp().AsTime(), child.Duration()
	parentStart := parent.start()
	early := parentStart.Sub(start)
	slack := parent.Duration() - duration
	switch {
	case slack < 0:
		return max(early, 0)
	case early <= 0 && -early <= slack:
		return 0
	}
	return early + slack/2
}
