// SPDX-License-Identifier: Apache-2.0

package query

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sync/semaphore"

	"github.com/go-spur/spur/backend/store"
	"github.com/go-spur/spur/backend/trace"
	"github.com/go-spur/spur/backend/ui"
)

// Config is what New needs.
type Config struct {
	Store store.Store
	// Status returns what /api/status shows of the process; nil shows nothing.
	Status func() Backend
	// DecodeOTLP reads a body of OTLP, JSON or protobuf, and counts the spans that
	// it refuses; nil refuses all bodies.
	DecodeOTLP func(body []byte, json bool) (ptrace.Traces, []trace.Refused, error)
	// Validate mends imported spans, and removes and counts those that cannot be
	// stored; nil takes them as they are.
	Validate func(ptrace.Traces) []trace.Refused
	// UIConfig is what the pages ask for.
	UIConfig UIConfig
	// BasePath is the path in front of all addresses, "/jaeger" say, or "".
	BasePath string
	// AllowedHosts are names that a request's Host may have besides localhost
	// and IP addresses; "*" allows any. Others are refused, so that no foreign
	// page can reach the server under a name of its own (DNS rebinding).
	AllowedHosts []string
	// Logger hears of failures of the server's own; nil is slog.Default().
	Logger *slog.Logger
}

// Backend is the process that serves the queries.
type Backend struct {
	Version string
	Started time.Time
	Ports   []Port
	Books   trace.Books // of the collector
	Others  []OtherStore
}

// OtherStore is given the same spans as the store that is read.
type OtherStore struct {
	Name  string // "forward"
	Where string // it is
	Books trace.Books
}

// Port is something that listens, or would.
type Port struct {
	Name    string `json:"name"`            // "otlp-http"
	Address string `json:"address"`         // "127.0.0.1:4318"
	Purpose string `json:"purpose"`         // "spans from OpenTelemetry"
	Error   string `json:"error,omitempty"` // why it does not listen
}

type server struct {
	Config
	ui        *ui.UI
	origins   http.CrossOriginProtection
	failures  failures
	searching *semaphore.Weighted // searches
	held      *semaphore.Weighted // spans of loaded traces
	importing *semaphore.Weighted // requests that import
	streams   *semaphore.Weighted // of /api/live
}

// New returns a handler of all addresses. Its requests need no time limit for
// writing: who does not read is cut off after a while.
func New(c Config) http.Handler {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	c.BasePath = strings.TrimRight(c.BasePath, "/")
	pages, err := ui.New(c.BasePath)
	if err != nil {
		panic(err) // the files that are built in are broken
	}
	s := &server{
		Config:    c,
		ui:        pages,
		searching: semaphore.NewWeighted(maxSearching),
		held:      semaphore.NewWeighted(maxHeldSpans),
		importing: semaphore.NewWeighted(1),
		streams:   semaphore.NewWeighted(maxStreams),
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		method, path, _ := strings.Cut(r.pattern, " ")
		mux.Handle(method+" "+c.BasePath+path, r.handler)
	}
	return s.guard(compress(s.orPage(mux)))
}

// compress answers with gzip where the client can read it, but for streams,
// which must arrive at once.
func compress(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false),
		gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.ExceptContentTypes([]string{"text/event-stream"}),
	)
	if err != nil {
		panic(err) // the options are wrong
	}
	return wrap(h)
}
