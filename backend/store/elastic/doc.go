// SPDX-License-Identifier: Apache-2.0

// Package elastic keeps spans in Elasticsearch or OpenSearch, in the indices and
// documents of Jaeger: a Jaeger that uses the same server shows what is written here,
// and what it writes is shown here.
//
// A document is a span in Jaeger's model. What that has no place for is lost:
// nanoseconds, attributes of scopes, types of lists and maps (they are JSON), and the
// rest of what Store.Keep says.
package elastic
