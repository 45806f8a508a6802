// SPDX-License-Identifier: Apache-2.0

//go:build race

package spurgrpc_test

const raceEnabled = true
