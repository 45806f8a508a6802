// SPDX-License-Identifier: Apache-2.0

package spur_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/model"
)

func ExampleFreeze() {
	for _, v := range []any{7, "seven", errors.New("no seven"), []int{7}} {
		frozen := spur.Freeze(v)
		fmt.Println(frozen.Kind(), frozen)
	}
	// Output:
	// int64 7
	// string seven
	// string no seven
	// string [7]
}

func TestFreezeHostileValues(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	for name, v := range map[string]any{
		"cycle": cycle, "panicking": panicking{}, "long": strings.Repeat("x", 1<<20), "nil": nil, "channel": make(chan int),
	} {
		if got := spur.Freeze(v); got.Kind() != model.KindString || len(got.Str()) > 4096 || got.Str() == "" {
			t.Errorf("%s: %v %.100q", name, got.Kind(), got.Str())
		}
	}
}

type panicking struct{}

func (panicking) String() string { panic("no") }
