// SPDX-License-Identifier: Apache-2.0

// Package testutils has an agent for tests, which keeps the batches it receives.
package testutils
