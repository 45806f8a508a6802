// SPDX-License-Identifier: Apache-2.0

package sampler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

const (
	maxFileBytes = 4 << 20                // of a strategies file, which has all services of a fleet
	reloadFloor  = 100 * time.Millisecond // more often than that it is not read
)

var (
	errNotRegular   = errors.New("not a regular file")
	errFileTooLarge = errors.New("more than 4 MiB")
)

// FileOptions change what NewFile does.
type FileOptions struct {
	// ReloadInterval is how often the file is read, plus or minus a tenth of it;
	// 10 s when 0. One below 100 ms counts as 100 ms.
	ReloadInterval time.Duration
	// MaxOperations is how many operations the strategy of the service may list;
	// the constant MaxOperations when 0.
	MaxOperations int
	// Logger gets a line when the file cannot be used any more and one when it can
	// again; slog.Default() when nil.
	Logger *slog.Logger
}

// File samples as Jaeger's strategies file says that the service should: the file
// that Jaeger's collectors are given with --sampling.strategies-file. It is read
// again and again, and may be replaced or written into; one that is missing or cannot
// be used is counted, while the last good strategy stays in force. It has at most
// 4 MiB.
//
// A service that the file does not list has the default strategy, and without
// one probability 0.001. The operations of the default strategy count for every
// service, those of its own come first. A service of type ratelimiting keeps its
// limit whatever operations there are.
type File struct{ follower }

// NewFile reads a file and starts following it, on one goroutine that ends with
// Close, or with the tracer the sampler is given to. A file that cannot be used
// now is an error: of package os, or an ErrStrategy.
func NewFile(service, path string, o FileOptions) (*File, error) {
	switch {
	case service == "":
		return nil, fmt.Errorf("%w: no service name", ErrInvalidOption)
	case o.ReloadInterval < 0:
		return nil, fmt.Errorf("%w: ReloadInterval %v is negative", ErrInvalidOption, o.ReloadInterval)
	case o.MaxOperations < 0:
		return nil, fmt.Errorf("%w: MaxOperations %d is negative", ErrInvalidOption, o.MaxOperations)
	case o.ReloadInterval == 0:
		o.ReloadInterval = 10 * time.Second
	}
	r := &fileReader{service: service, path: path, maxOperations: cmp.Or(o.MaxOperations, MaxOperations), seed: maphash.MakeSeed()}
	body, err := r.read()
	if err != nil {
		return nil, err
	}
	first, err := r.parse(body, nil)
	if err != nil {
		return nil, fmt.Errorf("%w, in %s", err, path)
	}
	f := &File{}
	f.follow("file", poll.Source[Sampler]{
		Options: poll.Options{Interval: o.ReloadInterval, Floor: reloadFloor},
		Name:    path, Initial: first, Updated: time.Now(), Logger: o.Logger,
		Update: func(_ context.Context, current Sampler) (Sampler, error) {
			body, err := r.read()
			if err != nil {
				return nil, err
			}
			return r.parse(body, current)
		},
	})
	return f, nil
}

// fileReader reads one file. Only one goroutine at a time uses it.
type fileReader struct {
	service, path string
	maxOperations int
	seed          maphash.Seed
	last          uint64 // hash of what the sampler in force was made of
}

func (r *fileReader) read() ([]byte, error) {
	info, err := os.Stat(r.path) // to open a pipe would wait
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("sampler: %s: %w", r.path, errNotRegular)
	}
	f, err := os.Open(r.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	body, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxFileBytes {
		return nil, fmt.Errorf("%w: %s: %w", ErrStrategy, r.path, errFileTooLarge)
	}
	return body, nil
}

func (r *fileReader) parse(body []byte, current Sampler) (Sampler, error) {
	sum := maphash.Bytes(r.seed, body)
	if current != nil && sum == r.last {
		return current, nil
	}
	s, err := parseStrategies(body, r.service, r.maxOperations)
	if err != nil {
		return nil, err
	}
	next, err := s.Sampler(current, r.maxOperations)
	if err == nil {
		r.last = sum
	}
	return next, err
}
