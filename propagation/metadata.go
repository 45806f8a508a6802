// SPDX-License-Identifier: Apache-2.0

package propagation

import "strings"

var (
	_ Setter = Metadata(nil)
	_ Reader = Metadata(nil)
)

// Metadata is gRPC metadata as a carrier, without grpc: convert a metadata.MD to
// it. Keys are written in lower case, as gRPC wants them. Use it with an HTTP
// propagator (opentracing.HTTPHeaders), which keeps to what metadata may hold.
type Metadata map[string][]string

// Set replaces the values of key. Where there is no map, it does nothing.
func (m Metadata) Set(key, value string) {
	if m != nil {
		m[strings.ToLower(key)] = []string{value}
	}
}

// ForeachKey calls handler for every value of every key, but those of binary
// metadata, whose keys end in "-bin".
func (m Metadata) ForeachKey(handler func(key, value string) error) error {
	for k, vs := range m {
		if strings.HasSuffix(k, "-bin") {
			continue
		}
		for _, v := range vs {
			if err := handler(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}
