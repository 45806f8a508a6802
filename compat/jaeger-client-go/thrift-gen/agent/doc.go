// SPDX-License-Identifier: Apache-2.0

// Package agent has the agent's service: batches, one a datagram, as Thrift types
// generated from idl/agent.thrift.
package agent
