// SPDX-License-Identifier: Apache-2.0

package jaeger

// Process is who sends spans.
type Process struct {
	Service string
	UUID    string
	Tags    []Tag
}

// ProcessSetter is a debug throttler that wants to know the process. NewTracer tells it.
type ProcessSetter interface {
	SetProcess(process Process)
}
