// SPDX-License-Identifier: Apache-2.0

//go:build !race

package jsonread_test

const raceEnabled = false
