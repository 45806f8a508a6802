// SPDX-License-Identifier: Apache-2.0

// Package remote has a throttler of debug traces that spends credits of an agent.
package remote
