// SPDX-License-Identifier: Apache-2.0

// Package workload is what tracers are compared by: the operations, named below, and
// the program that measures one tracer. Each program under benchmarks hands its
// tracers to [Main].
//
//	a                an unsampled root
//	b                an unsampled root and its child with 3 tags and a log
//	c                a sampled root
//	d                a sampled child of a remote parent, with 5 tags and a log of 2 fields
//	cl, dl           c and d where the caller waits rather than lose a span
//	inject           a context into empty HTTP headers
//	extract          a context out of HTTP headers with 8 others
//	inject2, extract2  the same with 2 baggage items
//	http             an unsampled request to an http.ServeMux, without a connection
package workload
