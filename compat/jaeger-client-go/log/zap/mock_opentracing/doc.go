// SPDX-License-Identifier: Apache-2.0

// Package mock_opentracing has mocks of opentracing's interfaces, made by mockgen.
package mock_opentracing

//go:generate sh mockgen.sh span.go mock_span.go
//go:generate sh mockgen.sh tracer.go mock_tracer.go
