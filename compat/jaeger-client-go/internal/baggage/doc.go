// SPDX-License-Identifier: Apache-2.0

// Package baggage says which baggage a program may set.
package baggage
