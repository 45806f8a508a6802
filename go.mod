module github.com/go-spur/spur

go 1.23

require github.com/opentracing/opentracing-go v1.2.0
