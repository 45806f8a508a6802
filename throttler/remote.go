// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

var (
	_ Throttler = (*Remote)(nil)
	_ io.Closer = (*Remote)(nil)
)

const (
	defaultPath     = "/credits"
	defaultInterval = 5 * time.Second
	maxBytes        = 1 << 20 // of an answer, decompressed
)

// RemoteOptions change what NewRemote does. The zero value asks an agent on the same
// host.
type RemoteOptions struct {
	// Endpoint is the server: a URL, or host or host:port alone, which means port
	// 5778 without one. Without a path it has /credits; 127.0.0.1 when empty.
	Endpoint string
	// RefreshInterval is the time between two fetches, plus or minus a tenth of
	// it; 5 s when 0. One below a second counts as a second.
	RefreshInterval time.Duration
	// Timeout is the deadline of one fetch, from connecting to the last byte; 10 s
	// when 0.
	Timeout time.Duration
	// Client fetches, for TLS, proxies and authentication. By default, and where
	// its Transport or CheckRedirect is nil, connections are the tracer's own, without
	// a proxy (http.ProxyFromEnvironment is that of spur.FromEnv), and redirects are
	// not followed. The Transport should not be traced by the same tracer.
	Client *http.Client
	// UUID tells the server's clients apart. When it is empty it is the process
	// tag client-uuid of the tracer the throttler is given to.
	UUID string
	// Manual starts no goroutine: only Fetch asks the server.
	Manual bool
	// Logger gets a line when fetches begin to fail and one when they succeed
	// again; slog.Default() when nil.
	Logger *slog.Logger
}

// RemoteStatus says how the fetches of a Remote went.
type RemoteStatus struct {
	Fetched    uint64    // fetches that brought a balance for each operation asked about
	Failed     uint64    // fetches that did not
	Operations int       // known now
	Updated    time.Time // of the last fetch that succeeded; zero when none has
	LastError  string    // of the last fetch that failed, shortened to 256 bytes
}

// Remote spends credits that a server gives out for each operation:
// one for each debug request. Allow never waits for the server. It says no while
// an operation has less than one credit, so always at its first request, which
// makes it known; the next fetch asks about all operations known and adds what
// the server gives. While there are none no request is made, and while fetches
// fail what has been given can be spent.
//
// The server is asked GET /credits?service=NAME&uuid=ID&operations=A&operations=B,
// as Jaeger's Go client asks it without its synchronous initialization, and
// answers {"balances": [{"operation": "A", "balance": 2.5}, …]}. Answers have at
// most 1 MiB after decompression. Jaeger itself never had such a server.
//
// At most 1,000 operations with 64 KiB of names are known, and those that nobody
// has asked for in ten minutes are forgotten with their credits: callers can make
// names up. Others are refused. An operation saves up at most 10,000 credits. Requests
// are kept below 9 KiB; a fetch makes several if need be.
type Remote struct {
	accounts accounts
	fetched  *poll.Follower[struct{}]
	uuid     atomic.Pointer[string] // nil until it is known
}

// NewRemote starts fetching the credits of a service, unless Manual, on one goroutine
// that ends with Close, or with the Shutdown of the tracer it is given to. A server that
// cannot be reached is no error; an ErrInvalidOption names the option.
func NewRemote(service string, o RemoteOptions) (*Remote, error) {
	server, err := poll.NewServer(poll.ServerOptions{
		Service: service, Endpoint: o.Endpoint, Path: defaultPath, Client: o.Client,
		RefreshInterval: o.RefreshInterval, Timeout: o.Timeout,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidOption, err)
	}
	r := &Remote{}
	r.Identify(o.UUID)
	r.fetched = poll.Follow(poll.Source[struct{}]{
		Options: poll.Options{Interval: cmp.Or(o.RefreshInterval, defaultInterval), Timeout: o.Timeout},
		Name:    server.String(), Manual: o.Manual, Logger: o.Logger, Cause: "debug_credits",
		Failing: "spur: cannot fetch debug credits; debug requests beyond those left are not honoured",
		Working: "spur: debug credits are fetched again",
		Update:  func(ctx context.Context, _ struct{}) (struct{}, error) { return struct{}{}, r.fetch(ctx, server) },
	})
	return r, nil
}

// Allow implements Throttler.
func (r *Remote) Allow(operation string) bool { return r.accounts.spend(operation) }

// Identify sets the id by which the server knows this process, unless there is one:
// that of RemoteOptions, or of the first request.
func (r *Remote) Identify(uuid string) {
	if uuid != "" {
		r.uuid.CompareAndSwap(nil, &uuid)
	}
}

// Fetch asks the server now about all operations known, if there are any, waiting no
// longer than ctx and RemoteOptions.Timeout allow. The error says what it could not
// bring. It may be called from any goroutine, with Manual or without.
func (r *Remote) Fetch(ctx context.Context) error {
	err := r.fetched.Fetch(ctx)
	if err == poll.ErrIdle { //nolint:errorlint // not wrapped, and the methods of err may panic
		return nil
	}
	return err
}

// Status returns what has been fetched so far. It may be called from any
// goroutine, also after Close.
func (r *Remote) Status() RemoteStatus {
	st := r.fetched.Status()
	return RemoteStatus{Fetched: st.Fetched, Failed: st.Failed, Operations: r.accounts.len(), Updated: st.Updated, LastError: st.LastError}
}

// Close stops fetching, within 100 ms. What has been given can still be spent.
// Further calls do nothing more; the error is nil.
func (r *Remote) Close() error { return r.fetched.Close() }

// fetch asks about all operations. What some requests bring is kept when a later
// one fails.
func (r *Remote) fetch(ctx context.Context, server *poll.Server) error {
	queries := r.accounts.queries()
	if len(queries) == 0 {
		return poll.ErrIdle
	}
	r.Identify(fmt.Sprintf("%016x", rand.Uint64()))
	uuid := "&uuid=" + url.QueryEscape(*r.uuid.Load())
	for _, q := range queries {
		balances, err := poll.Fetch(ctx, server, uuid+q, maxBytes, parse)
		if err != nil {
			return err
		}
		r.accounts.add(balances)
	}
	return nil
}
