// SPDX-License-Identifier: Apache-2.0

package jsonread_test

import (
	"fmt"

	"github.com/go-spur/spur/internal/jsonread"
)

func ExampleParse() {
	doc, err := jsonread.Parse([]byte(`{"balances": [{"operation": "caf\u00e9", "balance": 2.5}, null]}`), 1<<20)
	fmt.Println(doc.Kind(), err)
	for i, b := range doc.Get("balances").Elements() {
		fmt.Printf("%d: %q %q\n", i, b.Get("operation").Text(), b.Get("balance").Raw())
	}
	fmt.Println(doc.Get("balances").Want(jsonread.Object))

	_, err = jsonread.Parse([]byte(`{"rate": NaN}`), 1<<20)
	fmt.Println(err)
	// Output:
	// object <nil>
	// 0: "café" "2.5"
	// 1: "" ""
	// json: byte 13: cannot unmarshal array as object
	// json: byte 9: invalid character 'N'
}
