// SPDX-License-Identifier: Apache-2.0

// Package baggage has the service that says which baggage may be set, as Thrift types
// generated from idl/baggage.thrift.
package baggage
