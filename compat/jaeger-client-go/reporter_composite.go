// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"sync"

	"github.com/go-spur/spur/reporter"
)

type compositeReporter struct {
	reporters []Reporter
}

// NewCompositeReporter makes a reporter that gives each span to all of reporters, in order.
func NewCompositeReporter(reporters ...Reporter) Reporter {
	c := &compositeReporter{}
	for _, r := range reporters {
		if r != nil {
			c.reporters = append(c.reporters, r)
		}
	}
	return c
}

// Report implements Reporter.
func (r *compositeReporter) Report(span *Span) {
	for _, each := range r.reporters {
		each.Report(span)
	}
}

// Close implements Reporter: remote ones at the same time, for each may wait for a
// receiver, and meanwhile the program's own in order.
func (r *compositeReporter) Close() {
	var remote sync.WaitGroup
	defer remote.Wait()
	for _, each := range r.reporters {
		switch each.(type) {
		case *batchingReporter, *queueReporter:
			remote.Add(1)
			go func() {
				defer remote.Done()
				survive(each.Close)
			}()
		default:
			survive(each.Close)
		}
	}
}

// split implements nativeReporter.
func (r *compositeReporter) split() (fed []reporter.Reporter, custom []Reporter) {
	for _, each := range r.reporters {
		f, c := splitReporter(each)
		fed, custom = append(fed, f...), append(custom, c...)
	}
	return fed, custom
}
