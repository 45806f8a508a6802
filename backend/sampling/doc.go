// SPDX-License-Identifier: Apache-2.0

// Package sampling decides how services should sample. A Source answers for each
// service with a Strategy, which package receive sends to clients that ask: File
// with what stands in a file, Adaptive with what it computes from the traces that
// arrive, and SampleAll always the same.
package sampling
