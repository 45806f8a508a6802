module github.com/uber/jaeger-client-go

go 1.23.0

replace github.com/go-spur/spur => ../..

require (
	github.com/go-spur/spur v0.0.0
	github.com/golang/mock v1.2.0
	github.com/opentracing/opentracing-go v1.2.0
)

require (
	github.com/HdrHistogram/hdrhistogram-go v1.4.0 // indirect
	github.com/stretchr/testify v1.11.1 // indirect
	github.com/uber/jaeger-lib v2.4.1+incompatible
)
