// SPDX-License-Identifier: Apache-2.0

//go:build race

package poll_test

const raceEnabled = true
