// SPDX-License-Identifier: Apache-2.0

// Package race tells tests whether the race detector is on: it makes programs
// slower and lets them allocate more.
package race
