// SPDX-License-Identifier: Apache-2.0

package testutils_test

import (
	"context"
	"fmt"

	"github.com/uber/jaeger-client-go/testutils"
	"github.com/uber/jaeger-client-go/thrift-gen/jaeger"
)

func ExampleMockAgent() {
	agent, err := testutils.StartMockAgent()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()

	// A tracer would send to agent.SpanServerAddr().
	batch := &jaeger.Batch{Process: &jaeger.Process{ServiceName: "checkout"}}
	if err := agent.EmitBatch(context.Background(), batch); err != nil {
		fmt.Println(err)
	}
	for _, b := range agent.GetJaegerBatches() {
		fmt.Println(b.Process.ServiceName)
	}
	// Output: checkout
}
