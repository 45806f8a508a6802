module github.com/uber/jaeger-client-go

go 1.23


replace github.com/go-spur/spur => ../..
