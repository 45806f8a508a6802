// SPDX-License-Identifier: Apache-2.0

// Package x has samplers that decide late: [TagMatchingSampler] when a tag turns up, and
// [PrioritySampler], which asks several in order.
package x
