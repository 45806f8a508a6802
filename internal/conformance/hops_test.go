// SPDX-License-Identifier: Apache-2.0

package conformance

import (
	"testing"

	"github.com/go-spur/spur/internal/conformance/hops"
)

// TestHops sends requests from every library in Go by way of spur to every
// library in Go: see hops.Check.
func TestHops(t *testing.T) {
	for _, a := range hops.Neighbours() {
		for _, b := range hops.Neighbours() {
			t.Run(a.Name+" → spur → "+b.Name, func(t *testing.T) { hops.Check(t, a, b) })
		}
	}
}
