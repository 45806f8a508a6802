// SPDX-License-Identifier: Apache-2.0

package propagation

import "strings"

// Remove deletes the headers of all formats, under their default names and in any
// spelling: ids, flags, debug ids and baggage. It is for headers that were copied from
// another request, as a reverse proxy does, when they go to a host that is to know of
// no trace, or come from one that is not trusted. B3's baggage-* goes only with B3's
// ids, for other headers begin so, too.
func Remove(h Header) {
	b3 := false
	for key := range h {
		switch lower := strings.ToLower(key); lower {
		case "uber-trace-id", "jaeger-debug-id", "jaeger-baggage", "traceparent", "tracestate", "baggage":
			delete(h, key)
		case "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags":
			delete(h, key)
			b3 = true
		default:
			if isMember(lower, "uberctx-") {
				delete(h, key)
			}
		}
	}
	if !b3 {
		return
	}
	for key := range h {
		if isMember(strings.ToLower(key), "baggage-") {
			delete(h, key)
		}
	}
}

func isMember(key, prefix string) bool {
	return len(key) > len(prefix) && strings.HasPrefix(key, prefix)
}
