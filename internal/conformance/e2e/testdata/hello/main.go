// SPDX-License-Identifier: Apache-2.0

// Command hello is a program as jaeger-client-go's README teaches to write them.
package main

import (
	"log"

	"github.com/opentracing/opentracing-go"
	"github.com/uber/jaeger-client-go/config"
)

func main() {
	cfg, err := config.FromEnv()
	if err != nil {
		log.Fatal(err)
	}
	closer, err := cfg.InitGlobalTracer("")
	if err != nil {
		log.Fatal(err)
	}
	defer closer.Close()

	span := opentracing.StartSpan("say hello").SetTag("hello.to", "world").SetBaggageItem("greeting", "hello")
	child := opentracing.StartSpan("format", opentracing.ChildOf(span.Context()))
	child.LogKV("event", "formatted", "value", child.BaggageItem("greeting")+", world")
	child.Finish()
	span.Finish()
}
