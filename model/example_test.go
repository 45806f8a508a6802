// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"

	"github.com/go-spur/spur/model"
)

func ExampleParseTraceID() {
	id, err := model.ParseTraceID("c3d10e6635a02") // some clients drop leading zeros
	fmt.Println(id, err)
	fmt.Println(id.Hex32())
	_, err = model.ParseTraceID("checkout")
	fmt.Println(err)
	// Output:
	// 000c3d10e6635a02 <nil>
	// 0000000000000000000c3d10e6635a02
	// model: invalid id: trace id "checkout" is not hexadecimal
}

func ExampleBaggage() {
	var b *model.Baggage
	one := b.With(model.Member{Key: "tenant", Value: "acme"})
	two := one.With(model.Member{Key: "user", Value: "ada"})
	for m := range two.All() {
		fmt.Println(m.Key, m.Value)
	}
	fmt.Println(one.Len(), "in the list it came from")
	// Output:
	// user ada
	// tenant acme
	// 1 in the list it came from
}

func ExampleValue() {
	for _, v := range []model.Value{model.String("text"), model.Int64(-1), model.Float64(0.5), model.Bool(true), model.Bytes([]byte{1, 2})} {
		fmt.Println(v.Kind(), v)
	}
	// Output:
	// string text
	// int64 -1
	// float64 0.5
	// bool true
	// bytes 0102
}
