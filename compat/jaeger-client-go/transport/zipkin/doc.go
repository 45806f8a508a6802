// SPDX-License-Identifier: Apache-2.0

// Package zipkin has the transport for Zipkin: Thrift over HTTP.
package zipkin
