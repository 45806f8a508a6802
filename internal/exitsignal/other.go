// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package exitsignal

import (
	"os"
	"reflect"
)

// Ends is true: Raise ends the process whatever the signal.
func Ends(os.Signal) bool { return true }

// Raise ends the process with the code that shells show for a signal, 128 plus
// its number, or 1 when it has none.
func Raise(s os.Signal) {
	code := 1
	if n := reflect.ValueOf(s); n.CanInt() {
		code = 128 + int(n.Int())
	}
	os.Exit(code) //nolint:forbidigo // the process was told to end, and asked us to let it
}
