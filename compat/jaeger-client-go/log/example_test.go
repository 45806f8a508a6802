// SPDX-License-Identifier: Apache-2.0

package log_test

import (
	"fmt"

	"github.com/uber/jaeger-client-go/log"
)

func ExampleBytesBufferLogger() {
	var logger log.BytesBufferLogger
	logger.Infof("%d spans sent", 3)
	logger.Error("agent refused")
	logger.Debugf("batch %q", "orders")
	fmt.Print(logger.String())
	// Output:
	// INFO: 3 spans sent
	// ERROR: agent refused
	// DEBUG: batch "orders"
}

// plain is a logger without debug messages.
type plain struct{}

func (plain) Error(msg string)                      { fmt.Println("error:", msg) }
func (plain) Infof(msg string, args ...interface{}) { fmt.Printf("info: "+msg+"\n", args...) }

func ExampleDebugLogAdapter() {
	logger := log.DebugLogAdapter(plain{})
	logger.Debugf("dropped")
	logger.Infof("%d spans", 1)
	logger.Error("lost")
	// Output:
	// info: debug logging disabled
	// info: 1 spans
	// error: lost
}
