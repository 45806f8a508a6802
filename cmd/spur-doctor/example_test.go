// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
)

func Example() {
	r := report{Version: "v0.1.0", Configuration: configuration{
		Settings: []setting{
			{Name: "service", Value: "orders", Source: "JAEGER_SERVICE_NAME"},
			{Name: "destination", Value: "agent:6831, Thrift over UDP", Source: "JAEGER_AGENT_HOST"},
			{Name: "sampler", Value: "const: none", Source: "JAEGER_SAMPLER_TYPE", Status: warn, Note: "no new trace is recorded"},
		},
		Findings: []finding{newFinding(warn, "JAEGER_SAMPLR_PARAM", "unknown, and ignored: did you mean JAEGER_SAMPLER_PARAM?")},
	}, Connections: []connection{{
		Name: "agent", Address: "agent:6831", Source: "JAEGER_AGENT_HOST", Used: true, Status: fail,
		Text: "not delivered: connection refused", Hint: "nobody listens at that port: is the receiver running, and is the port right?",
	}}}
	if err := r.write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// spur-doctor v0.1.0
	//
	// Configuration: what spur.New(service, spur.FromEnv()) makes of this environment
	//   ok    service      orders                       JAEGER_SERVICE_NAME
	//   ok    destination  agent:6831, Thrift over UDP  JAEGER_AGENT_HOST
	//   warn  sampler      const: none                  JAEGER_SAMPLER_TYPE: no new trace is recorded
	//   warn  JAEGER_SAMPLR_PARAM: unknown, and ignored: did you mean JAEGER_SAMPLER_PARAM?
	//
	// Connections: one span to each place, of the service spur-doctor
	//   FAIL  agent agent:6831, set by JAEGER_AGENT_HOST: not delivered: connection refused
	//         nobody listens at that port: is the receiver running, and is the port right?
	//
	// Code
	//
	// 2 warn, 1 FAIL
}
