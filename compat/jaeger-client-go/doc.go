// SPDX-License-Identifier: Apache-2.0

// Package jaeger has the API of github.com/uber/jaeger-client-go v2.30.0 on spur's
// tracer. A program that imports jaeger-client-go switches with one line of its go.mod:
//
//	replace github.com/uber/jaeger-client-go => github.com/go-spur/spur/compat/jaeger-client-go v0.1.0
//
// README.md lists what changes then.
package jaeger
