// SPDX-License-Identifier: Apache-2.0

package grafana_test

import (
	"fmt"

	"github.com/go-spur/spur/backend/internal/grafana"
)

func ExampleCall_Check() {
	c := grafana.Call{Name: "health", Path: "/api/services", Shape: "names", Finds: []string{"db"}}
	fmt.Println(c.Check(200, []byte(`{"data":["db"],"total":1}`)))
	fmt.Println(c.Check(200, []byte(`{"data":["web"],"total":1}`)))
	// Output:
	// <nil>
	// health: found ["web"], want ["db"]
}
