// SPDX-License-Identifier: Apache-2.0

// Package transport has the transport for Jaeger's collector.
package transport
