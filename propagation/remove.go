// SPDX-License-Identifier: Apache-2.0

package propagation

import (
	"slices"
	"strings"
)

// Remove deletes the headers of all formats, under their default names and in any
// spelling: ids, flags, debug ids and baggage. It is for requests whose headers were
// copied from another's, as a reverse proxy does, before they get a context of their
// own or go to a host that is to know of none. It may change h while nobody else uses
// it.
func Remove(h Header) {
	for key := range h {
		if isTraceHeader(key) {
			delete(h, key)
		}
	}
}

// HasIDs reports whether one of the headers that name a trace, or ask for one, is
// there in its canonical spelling: W3C's, Jaeger's, B3's, or Jaeger's debug id.
func HasIDs(h Header) bool {
	for _, name := range []string{"Uber-Trace-Id", "Traceparent", "B3", "X-B3-Traceid", "Jaeger-Debug-Id"} {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

func isTraceHeader(key string) bool {
	whole := []string{
		"uber-trace-id", "jaeger-debug-id", "jaeger-baggage", "traceparent", "tracestate", "baggage",
		"b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags",
	}
	if slices.ContainsFunc(whole, func(name string) bool { return strings.EqualFold(name, key) }) {
		return true
	}
	for _, prefix := range []string{"uberctx-", "baggage-"} {
		if len(key) > len(prefix) && strings.EqualFold(key[:len(prefix)], prefix) {
			return true
		}
	}
	return false
}
