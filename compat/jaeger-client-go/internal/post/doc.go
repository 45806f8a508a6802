// SPDX-License-Identifier: Apache-2.0

// Package post sends Thrift over HTTP for transports that programs call by themselves.
package post
