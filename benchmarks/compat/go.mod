module github.com/go-spur/spur/benchmarks/compat

go 1.26.0

require (
	github.com/go-spur/spur/benchmarks v0.0.0
	github.com/go-spur/spur/benchmarks/peers v0.0.0
)

require (
	github.com/go-spur/spur v0.0.0 // indirect
	github.com/opentracing-contrib/go-stdlib v1.1.1 // indirect
	github.com/opentracing/opentracing-go v1.2.0 // indirect
	github.com/uber/jaeger-client-go v2.30.0+incompatible // indirect
	github.com/uber/jaeger-lib v2.4.1+incompatible // indirect
)

replace (
	github.com/go-spur/spur => ../..
	github.com/go-spur/spur/benchmarks => ..
	github.com/go-spur/spur/benchmarks/peers => ../peers
	github.com/uber/jaeger-client-go => ../../compat/jaeger-client-go
)
