// SPDX-License-Identifier: Apache-2.0

// Package remote has baggage restrictions that an agent gives out.
package remote
