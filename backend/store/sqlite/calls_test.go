// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"maps"
	"testing"
)

// TestMergeCalls: operations of a service count as one of them that is in the same
// segment, calls within a service do not count.
func TestMergeCalls(t *testing.T) {
	l := links{calls: map[call]count{
		{1, 5, 10, 20}: {3, 1},
		{1, 5, 11, 21}: {2, 0},
		{1, 6, 11, 21}: {1, 1},
		{2, 5, 11, 20}: {4, 0}, // operation 10 goes with segment 1
		{2, 5, 21, 20}: {5, 0},
	}}
	l.merge(map[int64]operation{10: {service: "a"}, 11: {service: "a"}, 20: {service: "b"}, 21: {service: "b"}})
	want := map[call]count{{1, 5, 10, 20}: {5, 1}, {1, 6, 10, 20}: {1, 1}, {2, 5, 11, 20}: {4, 0}}
	if !maps.Equal(l.calls, want) {
		t.Errorf("got %v, want %v", l.calls, want)
	}
}
