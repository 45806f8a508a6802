// SPDX-License-Identifier: Apache-2.0

// Package storetest tests that an engine keeps and finds traces as package
// store says. Each engine calls Run in a test of its own:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Engine{Open: open}, nil)
//	}
package storetest
