module github.com/go-spur/spur

go 1.23
