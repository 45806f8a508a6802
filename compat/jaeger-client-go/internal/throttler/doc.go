// SPDX-License-Identifier: Apache-2.0

// Package throttler says how many debug traces a program may start.
package throttler
