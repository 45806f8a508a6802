// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"fmt"

	"github.com/go-spur/spur/backend/config"
)

func ExampleParse() {
	c, warning, err := config.Parse(config.AllInOne,
		[]string{"--listen=0.0.0.0"},
		[]string{"SPAN_STORAGE_TYPE=memory", "COLLECTOR_QUEUE_SIZES=1000"},
	)
	fmt.Println(c.Storage, c.Address(c.QueryHTTP), err)
	fmt.Println(warning)

	_, _, err = config.Parse(config.AllInOne, []string{"--max-age=3", "--sync=always"}, nil)
	fmt.Println(err)
	// Output:
	// memory 0.0.0.0:16686 <nil>
	// these variables have no effect here: COLLECTOR_QUEUE_SIZES, did you mean COLLECTOR_QUEUE_SIZE?
	// invalid settings:
	// flag --max-age: "3": not a positive duration with a unit, such as "72h"
	// flag --sync: "always": not one of normal, full
}
