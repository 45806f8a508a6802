// SPDX-License-Identifier: Apache-2.0

//go:build !race

package propagation_test

const raceEnabled = false
