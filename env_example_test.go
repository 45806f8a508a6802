// SPDX-License-Identifier: Apache-2.0

package spur_test

import (
	"errors"
	"fmt"
	"os"

	"github.com/go-spur/spur"
)

// Every variable with a wrong value is named at once.
func ExampleFromEnv() {
	defer setenv("JAEGER_SAMPLER_TYPE", "always")()
	defer setenv("JAEGER_TAGS", "zone=eu,blue")()

	_, err := spur.New("orders", spur.FromEnv())
	fmt.Println(err)
	// Output:
	// spur: JAEGER_TAGS="zone=***,***": pair 2: no "=" in it
	// spur: JAEGER_SAMPLER_TYPE="always": not one of const, probabilistic, ratelimiting, remote
}

// A program can tell which variable it was.
func ExampleConfigError() {
	defer setenv("JAEGER_AGENT_PORT", "68310")()

	_, err := spur.New("orders", spur.FromEnv())
	var wrong *spur.ConfigError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Name, wrong.Value)
		fmt.Println(wrong.Err)
	}
	// Output:
	// JAEGER_AGENT_PORT 68310
	// port is not within 1 to 65535
}

// setenv returns what puts the variable back.
func setenv(name, value string) (restore func()) {
	old, was := os.LookupEnv(name)
	_ = os.Setenv(name, value) // fails for bad names only
	return func() {
		if was {
			_ = os.Setenv(name, old)
		} else {
			_ = os.Unsetenv(name)
		}
	}
}
