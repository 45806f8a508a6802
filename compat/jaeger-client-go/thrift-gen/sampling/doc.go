// SPDX-License-Identifier: Apache-2.0

// Package sampling has the service that says how to sample, as Thrift types
// generated from idl/sampling.thrift.
package sampling
