// SPDX-License-Identifier: Apache-2.0

package golden_test

import (
	"fmt"

	"github.com/go-spur/spur/backend/internal/golden"
)

func ExampleCompare() {
	jaeger := golden.FactsOf(200, "application/json", []byte(`{"data":[{"parent":"a","child":"b","callCount":2}],"total":0}`))
	ours := golden.FactsOf(200, "application/json", []byte(`{"total":0,"data":[{"callCount":3,"child":"b","parent":"a"}]}`))
	for _, d := range golden.Compare("dependencies", jaeger, ours) {
		fmt.Println(d, golden.NewTable().Explains(golden.Ours, d))
	}
	// Output:
	// dependencies: dependency a to b: callCount is 3, want 2 false
}
