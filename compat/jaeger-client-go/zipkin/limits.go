// SPDX-License-Identifier: Apache-2.0

package zipkin

// What is read of a carrier, the limits of W3C Baggage. More baggage is left out.
const (
	maxBaggageItems = 64
	maxBaggageBytes = 8192 // names and values
	maxIDBytes      = 128
)
