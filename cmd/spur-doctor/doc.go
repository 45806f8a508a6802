// SPDX-License-Identifier: Apache-2.0

// Spur-doctor says what is wrong with the tracing of a program, before it is started:
//
//	go run github.com/go-spur/spur/cmd/spur-doctor@latest [flags] [packages]
//
// Run it where the program runs, with the program's environment. It reports
//
//   - Configuration: what spur.New(service, spur.FromEnv()) makes of the environment,
//     each setting with the variable that it comes from, and the JAEGER_* and OTEL_*
//     variables that are unknown, wrong, ignored, or contradict each other;
//   - Connections: what became of one span, of the service spur-doctor, that it sends to
//     each place that the variables name, and what the sampling server answers;
//   - Code: in which files the packages, ./... by default, import jaeger-client-go,
//     jaeger-lib, go-stdlib's nethttp or otgrpc, and what to write instead.
//
// The flags are
//
//	-json        print one JSON document instead of text
//	-timeout D   time for all connections together, 5s by default, 1m at most
//
// Secrets are not shown. No file is changed, and nothing is asked over the network but
// the places that the variables name.
//
// # Exit status
//
// It is 0 when nothing is wrong, 1 when a line begins with warn or FAIL, and 2 for
// wrong arguments. FAIL means that spans or settings are lost as things are, warn that
// something is not as it says. "go run" turns every status but 0 into 1.
//
// # JSON
//
// With -json the report is an object with these fields. Others may be added; those that
// are here keep their names and meanings as long as format is 1. Lists may be empty,
// and are never null. Each status is "ok", "warn" or "fail".
//
//	format         1
//	version        of spur
//	status         the worst status below
//	configuration  {settings, variables, findings}
//	  settings     [{name, value, source, status, note}]: source is the name of a variable,
//	               several joined by ", ", or "default"
//	  variables    [{name, value, jaeger_client_go}]: those that are set and that spur reads;
//	               jaeger_client_go says whether compat/jaeger-client-go reads it, too
//	  findings     [{status, subject, text}]: subject is a variable, or what it is about
//	connections    [{name, address, source, used, status, text, hint, trace_id, strategy, milliseconds}]:
//	               name is agent, collector, otlp or sampling; used says whether the tracer
//	               would use it; hint, trace_id and strategy (of sampling) may be missing
//	code           {module, packages, status, findings, imports}
//	  findings     as above, and line where something is to be written into go.mod
//	  imports      [{path, package, file, line, instead}]
package main
