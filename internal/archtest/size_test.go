// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package archtest

import (
	"os"
	"path/filepath"
	"testing"
)

// maxGrowth is how many bytes a tracer may add to a service's binary, without symbols
// and debug information (-s -w). jaeger-client-go v2.30.0 adds 0.75 MB to the same
// service, without OTLP, gzip, client certificates, W3C headers, log/slog and Console.
const maxGrowth = 1_500_000

// TestBinarySize compares a small service that serves and calls HTTP, and decodes JSON,
// with the same one that has a tracer. It says nothing about the code that services have
// already, such as the HTTP client and the decoder that read what the sampling server
// says: a service without encoding/json grows by 0.28 MB more. It does not run with the
// oldest Go: it needs a minute where nothing has been built yet.
func TestBinarySize(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short, and this links four programs")
	}
	const dir = "./internal/archtest/testdata/"
	hello, err := buildSize(t, dir+"hello")
	if err != nil {
		t.Skipf("skipped: the go command cannot build here: %v", err)
	}
	traced, err := buildSize(t, dir+"traced")
	if err != nil {
		t.Fatal(err)
	}
	const strip = "-ldflags=-s -w"
	barely, err := buildSize(t, dir+"hello", strip)
	if err != nil {
		t.Fatal(err)
	}
	stripped, err := buildSize(t, dir+"traced", strip)
	if err != nil {
		t.Fatal(err)
	}
	growth := stripped - barely
	t.Logf("a tracer adds %d bytes to %d, and with symbols %d to %d", growth, barely, traced-hello, hello)
	if growth > maxGrowth {
		t.Errorf("a tracer adds %d bytes to a service's binary, more than %d", growth, maxGrowth)
	}
	if growth < maxGrowth/10 {
		t.Errorf("a tracer adds only %d bytes: the test is broken", growth)
	}
}

// buildSize builds a package for this machine, without the race detector, and
// returns the size of the binary.
func buildSize(t *testing.T, pkg string, flags ...string) (int64, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program")
	args := append([]string{"build", "-buildvcs=false", "-trimpath", "-o", out}, flags...)
	if _, err := goCommand(append(args, pkg)...); err != nil {
		return 0, err
	}
	info, err := os.Stat(out)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
