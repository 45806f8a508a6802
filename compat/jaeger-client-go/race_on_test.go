// SPDX-License-Identifier: Apache-2.0

//go:build race

package jaeger_test

// raceEnabled reports that the race detector is on; it allocates.
const raceEnabled = true
