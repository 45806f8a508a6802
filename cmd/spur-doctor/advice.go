// SPDX-License-Identifier: Apache-2.0

package main

import (
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/go-spur/spur"
)

const (
	client = "github.com/uber/jaeger-client-go"
	compat = "github.com/go-spur/spur/compat/jaeger-client-go"
)

// library is one that programs on jaeger-client-go use, with what takes its place.
type library struct {
	path    string // of the package or module
	whole   bool   // with the packages below it
	works   string // how it goes on
	instead string
}

// libraries are those that are looked for.
var libraries = [...]library{
	{client, true, "", `spur.New(service, spur.FromEnv()), or the replace line`},
	{"github.com/uber/jaeger-lib", true, "works with compat/jaeger-client-go", "tracer.Stats(), or spurprom.NewCollector(tracer) for Prometheus"},
	{"github.com/opentracing-contrib/go-stdlib/nethttp", false, "works with spur's tracer", "spurhttp.Handler(tracer, mux) for Middleware, spurhttp.Client(nil) or spurhttp.Transport(rt) for Transport and TraceRequest"},
	{"github.com/opentracing-contrib/go-grpc", true, "works with spur's tracer", "grpc.StatsHandler(spurgrpc.ServerHandler(tracer)) and grpc.WithStatsHandler(spurgrpc.ClientHandler(tracer)) for the interceptors"},
	{"github.com/grpc-ecosystem/grpc-opentracing/go/otgrpc", false, "works with spur's tracer", "grpc.StatsHandler(spurgrpc.ServerHandler(tracer)) and grpc.WithStatsHandler(spurgrpc.ClientHandler(tracer)) for the interceptors"},
}

// libraryOf returns the library that an import path belongs to, or nil.
func libraryOf(path string) *library {
	for i := range libraries {
		l := &libraries[i]
		if path == l.path || l.whole && strings.HasPrefix(path, l.path+"/") {
			return l
		}
	}
	return nil
}

// pseudo matches versions that name a commit and no release.
var pseudo = regexp.MustCompile(`\d{14}-[0-9a-f]{12}|\+`)

// version is that of spur as modules have it: of this program, if a release of it was
// installed, else of the sources that it was built from.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Path == "github.com/go-spur/spur" && info.Main.Replace == nil &&
		strings.HasPrefix(info.Main.Version, "v") && !pseudo.MatchString(info.Main.Version) {
		return info.Main.Version
	}
	return "v" + spur.Version
}
