// SPDX-License-Identifier: Apache-2.0

package jaeger

// Sampler decides about new traces by trace id and operation name. It is called from
// several goroutines and must not block.
type Sampler interface {
	// IsSampled returns the decision and the tags that say why, for the local root.
	IsSampled(id TraceID, operation string) (sampled bool, tags []Tag)
	// Close stops what the sampler does in the background.
	Close()
	// Equal reports whether other would decide in the same way.
	Equal(other Sampler) bool
}
