// SPDX-License-Identifier: Apache-2.0

package server

import (
	"slices"
	"testing"

	"github.com/go-spur/spur/backend/config"
)

// TestPorts: each command opens the ports of its components, and says what they are
// for.
func TestPorts(t *testing.T) {
	receivers := []string{OTLPGRPC, OTLPHTTP, ThriftHTTP, JaegerGRPC, SamplingGRPC, Admin}
	for command, want := range map[config.Command][]string{
		config.AllInOne:  append(slices.Clone(receivers), Query, Zipkin, ThriftCompact, ThriftBinary, Sampling),
		config.Collector: receivers,
	} {
		c := config.Default(command)
		c.Storage = "memory"
		c.FreePorts()
		var names []string
		for _, p := range start(t, c).ports {
			if p.Purpose == "" || p.Error != "" {
				t.Errorf("%v: %+v", command, p)
			}
			names = append(names, p.Name)
		}
		slices.Sort(want)
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("%v opens %v, want %v", command, names, want)
		}
	}
}
