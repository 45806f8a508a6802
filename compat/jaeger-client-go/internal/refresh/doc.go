// SPDX-License-Identifier: Apache-2.0

// Package refresh asks servers again and again at the intervals of jaeger-client-go, which
// counts and logs each attempt.
package refresh
