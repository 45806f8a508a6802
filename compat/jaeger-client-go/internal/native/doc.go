// SPDX-License-Identifier: Apache-2.0

// Package native is how a transport tells the reporter which transport of spur's sends
// what it would send, and to the same place.
package native
