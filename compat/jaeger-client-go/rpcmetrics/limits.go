// SPDX-License-Identifier: Apache-2.0

package rpcmetrics

const (
	maxEndpoints = 200  // operations with metrics of their own
	maxNameBytes = 1024 // of such an operation
)
