// SPDX-License-Identifier: Apache-2.0

// Package utils has what the other packages of jaeger-client-go and their users share: a
// client of the agent, a rate limiter, addresses of this host, JSON over HTTP.
package utils
