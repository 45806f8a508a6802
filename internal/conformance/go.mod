module github.com/go-spur/spur/internal/conformance

go 1.26

require (
	github.com/apache/thrift v0.25.0
	github.com/go-spur/spur v0.0.0
	github.com/jaegertracing/jaeger-idl v0.14.0
	github.com/opentracing/opentracing-go v1.2.0
)

require (
	github.com/stretchr/testify v1.12.1 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace github.com/go-spur/spur => ../..
