// SPDX-License-Identifier: Apache-2.0

// Package jaeger has batches of Jaeger's spans, as Thrift types
// generated from idl/jaeger.thrift.
package jaeger
