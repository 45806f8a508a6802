// SPDX-License-Identifier: Apache-2.0

package baggage

import "errors"

// DefaultValueLength is how many bytes a value may have where restrictions are in
// force and say nothing else.
const DefaultValueLength = 2048

// ErrInvalidOption is what the constructors return, wrapped with the name of an
// option that has no meaning.
var ErrInvalidOption = errors.New("baggage: invalid option")

// Restrictions decide which baggage items this process may add.
//
// Allowed is asked by each SetBaggageItem that does not remove an item, with the
// tracer's service name. It returns the most bytes a value may have, and whether
// the key may be set at all; longer values are cut between characters, and a
// value of which nothing would be left is refused. It runs on the caller's
// goroutine, possibly on several at once, must not block, and must not keep the
// strings. If it panics, the item is refused.
//
// A tracer owns its Restrictions: Shutdown closes them if they are an io.Closer.
// The interface does not change.
type Restrictions interface {
	Allowed(service, key string) (maxLength int, ok bool)
}
