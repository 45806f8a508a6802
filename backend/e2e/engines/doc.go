// SPDX-License-Identifier: Apache-2.0

// Package engines has the scripts that start the real servers of the backend's engines,
// and tests with real Jaegers that use the same servers:
//
//	make engines
package engines
