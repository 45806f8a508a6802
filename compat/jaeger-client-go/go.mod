module github.com/uber/jaeger-client-go

go 1.23

require (
	github.com/go-spur/spur v0.0.0
	github.com/golang/mock v1.2.0
	github.com/opentracing/opentracing-go v1.2.0
	github.com/uber/jaeger-lib v2.0.0+incompatible
	go.uber.org/zap v1.9.1
)

require (
	github.com/codahale/hdrhistogram v0.0.0-20160425231609-f8ad88b59a58 // indirect
	github.com/davecgh/go-spew v1.1.0 // indirect
	github.com/pkg/errors v0.8.0 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/stretchr/testify v1.3.0 // indirect
	go.uber.org/atomic v1.3.2 // indirect
	go.uber.org/multierr v1.1.0 // indirect
)

replace github.com/go-spur/spur => ../..
