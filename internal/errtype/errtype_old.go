// SPDX-License-Identifier: Apache-2.0

//go:build !go1.26

// Package errtype finds errors of a type without reflection where Go can: that makes
// programs 17 kB smaller.
package errtype

import "errors"

// As returns the first error of type E in the tree of err, as errors.As finds it.
func As[E error](err error) (e E, ok bool) {
	ok = errors.As(err, &e)
	return e, ok
}
