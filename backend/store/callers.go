// SPDX-License-Identifier: Apache-2.0

package store

import "go.opentelemetry.io/collector/pdata/ptrace"

// Callers are spans with the same id, of which a link needs one: Zipkin's clients
// give a span of the client and one of the server the same. T is whatever tells a
// span's service; its zero value is none.
type Callers[T comparable] struct{ any, client, server T }

// Add adds a span.
func (c *Callers[T]) Add(span T, kind ptrace.SpanKind) {
	c.any = span
	switch kind {
	case ptrace.SpanKindClient:
		c.client = span
	case ptrace.SpanKindServer:
		c.server = span
	}
}

// Caller returns the span that another is a child of: the client's with its own id,
// where own has one, else one with its parent's id. Of a client's and a server's with
// the same id it is that of the same service, else the server's. The zero value says
// that there is none. own is empty unless the other is a server's.
func Caller[T comparable](own, parent Callers[T], sameService func(T) bool) (none T) {
	switch {
	case own.client != none:
		return own.client
	case parent.client == none || parent.server == none:
		return parent.any
	case sameService(parent.client):
		return parent.client
	}
	return parent.server
}
