module github.com/go-spur/spur/benchmarks

go 1.26.0

require (
	github.com/go-spur/spur v0.0.0
	github.com/opentracing-contrib/go-stdlib v1.1.1
	github.com/opentracing/opentracing-go v1.2.0
)

replace github.com/go-spur/spur => ..
