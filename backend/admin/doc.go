// SPDX-License-Identifier: Apache-2.0

// Package admin answers those who look after a process: whether it is well, what
// it has counted, and what it is doing.
package admin
