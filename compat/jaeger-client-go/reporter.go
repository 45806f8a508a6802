// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"github.com/go-spur/spur/reporter"
)

// Reporter takes finished sampled spans. Report is called on the goroutine that finishes
// the span, from several at once, and must not block.
type Reporter interface {
	Report(span *Span)
	// Close sends what waits and stops what runs in the background.
	Close()
}

// nativeReporter is a reporter of this package that spur can feed by itself.
type nativeReporter interface {
	// split returns what spur feeds, and which of the program's own reporters want a *Span.
	split() (native []reporter.Reporter, custom []Reporter)
}

// splitReporter divides a reporter into what spur feeds, without a *Span, and the rest.
func splitReporter(r Reporter) (native []reporter.Reporter, custom []Reporter) {
	if n, ok := r.(nativeReporter); ok {
		return n.split()
	}
	return nil, []Reporter{r}
}

type nullReporter struct{}

// NewNullReporter makes a reporter that sends nothing. The 64 spans that finished last keep
// their tags and logs.
func NewNullReporter() Reporter { return &nullReporter{} }

func (*nullReporter) Report(*Span) {}
func (*nullReporter) Close()       {}

func (*nullReporter) split() ([]reporter.Reporter, []Reporter) {
	return []reporter.Reporter{reporter.NullKeeper{}}, nil
}

type loggingReporter struct {
	logger Logger
}

// NewLoggingReporter makes a reporter that logs each span's context: trace, span and parent
// id, and flags.
func NewLoggingReporter(logger Logger) Reporter { return &loggingReporter{logger} }

func (r *loggingReporter) Report(span *Span) { r.logger.Infof("Reporting span %+v", span) }
func (*loggingReporter) Close()              {}
