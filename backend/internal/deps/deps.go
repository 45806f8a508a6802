// SPDX-License-Identifier: Apache-2.0

//go:build deps

// Package deps keeps go.mod steady while the module is being built.
package deps

import (
	_ "github.com/apache/thrift/lib/go/thrift"
	_ "github.com/go-spur/spur"
	_ "github.com/klauspost/compress/gzip"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/spf13/cobra"
	_ "github.com/spf13/pflag"
	_ "go.yaml.in/yaml/v3"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sys/unix"
	_ "google.golang.org/grpc"
	_ "google.golang.org/protobuf/proto"
	_ "modernc.org/sqlite"
)
