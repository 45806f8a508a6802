// SPDX-License-Identifier: Apache-2.0

// Package zipkincore has spans of Zipkin's first model, as Thrift types
// generated from idl/zipkincore.thrift.
package zipkincore
