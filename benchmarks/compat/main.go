// SPDX-License-Identifier: Apache-2.0

// Compat is the program that measures spur in the place of jaeger-client-go, by the
// line of go.mod that users write.
package main

import (
	"github.com/go-spur/spur/benchmarks/peers/jaeger"
	"github.com/go-spur/spur/benchmarks/workload"
)

func main() { workload.Main(workload.Peer{Name: "compat", New: jaeger.StandIn}) }
