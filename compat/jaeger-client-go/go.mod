module github.com/uber/jaeger-client-go

go 1.23

replace github.com/go-spur/spur => ../..

require (
	github.com/go-spur/spur v0.0.0
	github.com/golang/mock v1.2.0
	github.com/opentracing/opentracing-go v1.2.0
)
