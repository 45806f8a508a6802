// SPDX-License-Identifier: Apache-2.0

package format_test

import (
	"fmt"

	"github.com/go-spur/spur/internal/format"
)

func ExampleString() {
	type order struct {
		ID    int
		Items []string
	}
	fmt.Println(format.String(&order{7, []string{"tea", "milk"}}, format.DefaultMaxBytes))
	fmt.Println(format.String(&order{7, []string{"tea", "milk"}}, 20))
	// Output:
	// &{ID:7 Items:[tea milk]} false
	// &{ID:7 Items:[tea… true
}

func ExampleShorten() {
	fmt.Println(format.Shorten("Größe", 5))
	fmt.Println(format.Shorten("Größe", 10))
	// Output:
	// Gr… true
	// Größe false
}
