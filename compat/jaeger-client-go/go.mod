module github.com/uber/jaeger-client-go

go 1.23.0

replace github.com/go-spur/spur => ../..

require (
	github.com/go-spur/spur v0.0.0
	github.com/golang/mock v1.2.0
	github.com/opentracing/opentracing-go v1.2.0
	github.com/uber/jaeger-lib v2.4.1+incompatible
	go.uber.org/zap v1.9.1
)

require (
	github.com/HdrHistogram/hdrhistogram-go v1.4.0 // indirect
	github.com/davecgh/go-spew v1.1.1 // indirect
	github.com/kr/text v0.2.0 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/pmezard/go-difflib v1.0.0 // indirect
	github.com/stretchr/testify v1.11.1 // indirect
	go.uber.org/atomic v1.3.2 // indirect
	go.uber.org/multierr v1.1.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
