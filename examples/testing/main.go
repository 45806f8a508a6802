// SPDX-License-Identifier: Apache-2.0

// Testing shows how to test code that makes spans: see checkout_test.go. The program
// itself prints the trace that the tests compare.
//
//	go test ./examples/testing
//	go run ./examples/testing
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/go-spur/spur/spurtest"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer) error {
	tracer, spans := spurtest.New(nil) // in a test: spurtest.New(t)
	defer tracer.Close()
	if err := checkout(context.Background(), tracer, "tea", "milk"); err != nil {
		return err
	}
	fmt.Fprint(out, spans.Tree())
	return nil
}
