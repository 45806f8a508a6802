// SPDX-License-Identifier: Apache-2.0

// Peers is the program that measures other tracers than spur.
package main

import (
	"github.com/go-spur/spur/benchmarks/peers/jaeger"
	"github.com/go-spur/spur/benchmarks/workload"
)

func main() {
	workload.Main(append(jaeger.Peers(),
		workload.Peer{Name: "otel", New: newOTel},
		workload.Peer{Name: "otel-bridge", New: newBridge},
		workload.Peer{Name: "zipkin", New: newZipkin},
	)...)
}
