// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"fmt"

	"github.com/go-spur/spur/backend/store"
)

func ExampleRefused() {
	err := fmt.Errorf("write: %w", &store.RefusedError{Spans: 2, Err: errors.New("too many fields")})
	var refused *store.RefusedError
	if errors.As(err, &refused) {
		fmt.Println(refused.Count(), refused)
	}
	var none *store.RefusedError
	fmt.Println(none.Count(), none.And(refused).And(refused).Spans)
	// Output:
	// 2 2 spans were refused: too many fields
	// 0 4
}
