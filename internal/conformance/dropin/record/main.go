// SPDX-License-Identifier: Apache-2.0

// Command record writes what package observe sees as a JSON object on standard output.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/go-spur/spur/internal/conformance/dropin/observe"
)

func main() {
	if err := json.NewEncoder(os.Stdout).Encode(observe.All()); err != nil {
		log.Fatal(err)
	}
}
