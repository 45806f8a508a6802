// SPDX-License-Identifier: Apache-2.0

//go:build race

package spurhttp_test

const raceEnabled = true
