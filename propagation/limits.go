// SPDX-License-Identifier: Apache-2.0

package propagation

import "fmt"

// Limits bounds what one context may bring in or take along. A field that is
// zero has its default; a negative one is an error of the constructor. What goes
// beyond a limit is left out and counted, never an error of a request, except
// for IDHeaderBytes.
type Limits struct {
	// BaggageMembers is how many members are read from, and written to, one
	// carrier. Default 64, as in W3C Baggage.
	BaggageMembers int
	// BaggageBytes is how many bytes of baggage, names and values as they stand on
	// the wire, are read in each format and written in all formats together. It
	// bounds the keys, values and properties that all formats bring together as well.
	// Default 8192, as in W3C Baggage. A member travels whole or not at all.
	BaggageBytes int
	// IDHeaderBytes is the longest header with ids that is looked at; a longer
	// one makes the format's context corrupted. A tracestate that is longer, all
	// its lines together, is dropped alone. Default 4096.
	IDHeaderBytes int
	// DebugIDBytes is where a debug id is cut, at the border of a rune.
	// Default 128.
	DebugIDBytes int
}

// withDefaults fills in the defaults, or names the field that is negative.
func (l Limits) withDefaults() (Limits, error) {
	for _, f := range []struct {
		name  string
		value *int
		or    int
	}{
		{"BaggageMembers", &l.BaggageMembers, 64},
		{"BaggageBytes", &l.BaggageBytes, 8192},
		{"IDHeaderBytes", &l.IDHeaderBytes, 4096},
		{"DebugIDBytes", &l.DebugIDBytes, 128},
	} {
		if *f.value < 0 {
			return l, fmt.Errorf("propagation: limit %s is negative: %d", f.name, *f.value)
		}
		if *f.value == 0 {
			*f.value = f.or
		}
	}
	return l, nil
}
