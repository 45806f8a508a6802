// SPDX-License-Identifier: Apache-2.0

package throttler

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/warn"
)

var (
	_ Throttler = (*Remote)(nil)
	_ io.Closer = (*Remote)(nil)
)

const (
	defaultEndpoint = "http://127.0.0.1:5778"
	defaultPath     = "/credits"
	defaultInterval = 5 * time.Second
	maxBytes        = 1 << 20 // of an answer, decompressed
)

// RemoteOptions change what NewRemote does. The zero value
// asks an agent on the same host.
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
	// its Transport or CheckRedirect is nil, connections are the tracer's own,
	// without a proxy, and redirects are not followed. Its Transport should not
	// be traced by the same tracer.
	Client *http.Client
	// UUID tells the server's clients apart. When it is empty it is the process
	// tag client-uuid of the tracer the throttler is given to.
	UUID string
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
// names up. Others are refused. Requests are kept below 9 KiB; a fetch makes
// several if need be.
type Remote struct {
	url      string // without uuid and operations
	client   *http.Client
	accounts accounts
	loop     *poll.Loop
	warn     *warn.Warner
	endpoint string // for people

	asked   bool         // the loop's: the last fetch had something to ask
	trouble poll.Trouble // the loop's

	mu     sync.Mutex
	status RemoteStatus
	uuid   string
}

// NewRemote starts fetching the credits of a service, on one
// goroutine that ends with Close, or with the Shutdown of the tracer it is given
// to. A server that cannot be reached is no error; an ErrInvalidOption names the
// option.
func NewRemote(service string, o RemoteOptions) (*Remote, error) {
	if o.Endpoint == "" {
		o.Endpoint = defaultEndpoint
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.RefreshInterval == 0 {
		o.RefreshInterval = defaultInterval
	}
	u, err := o.validate(service)
	if err != nil {
		return nil, err
	}
	r := &Remote{
		url: u.String(), client: poll.Client(o.Client), warn: warn.New(o.Logger), uuid: o.UUID,
		endpoint: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
	}
	r.loop = poll.Start(poll.Options{Interval: o.RefreshInterval, Timeout: o.Timeout}, r.fetch, r.settle)
	return r, nil
}

func (o *RemoteOptions) validate(service string) (*url.URL, error) {
	switch {
	case service == "":
		return nil, fmt.Errorf("%w: no service name", ErrInvalidOption)
	case o.RefreshInterval < 0:
		return nil, fmt.Errorf("%w: RefreshInterval %v is negative", ErrInvalidOption, o.RefreshInterval)
	case o.Timeout < 0:
		return nil, fmt.Errorf("%w: Timeout %v is negative", ErrInvalidOption, o.Timeout)
	}
	u, err := poll.Endpoint(o.Endpoint, "5778", defaultPath, service)
	if err != nil {
		return nil, fmt.Errorf("%w: Endpoint: %w", ErrInvalidOption, err)
	}
	return u, nil
}

// Allow implements Throttler.
func (r *Remote) Allow(operation string) bool { return r.accounts.spend(operation) }

// Status returns what has been fetched so far. It may be called from any
// goroutine, also after Close.
func (r *Remote) Status() RemoteStatus {
	r.mu.Lock()
	st := r.status
	r.mu.Unlock()
	st.Operations = r.accounts.len()
	return st
}

// Close stops fetching, within 100 ms. What has been given can still be spent.
// Further calls do nothing more; the error is nil.
func (r *Remote) Close() error { return r.loop.Close() }

// Identify sets the id by which the server knows this process, unless there is one:
// that of RemoteOptions, or of the first request.
func (r *Remote) Identify(uuid string) { r.identify(uuid) }

// identify returns the id there is in the end.
func (r *Remote) identify(uuid string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.uuid == "" {
		r.uuid = uuid
	}
	return r.uuid
}

// fetch runs on the loop's goroutine. What some requests bring is kept when a
// later one fails.
func (r *Remote) fetch(ctx context.Context) error {
	queries := r.accounts.queries()
	if r.asked = len(queries) > 0; !r.asked {
		return nil
	}
	base := r.url + "&uuid=" + url.QueryEscape(r.identify(fmt.Sprintf("%016x", rand.Uint64())))
	for _, q := range queries {
		body, err := poll.Get(ctx, r.client, base+q, maxBytes)
		if err != nil {
			return err
		}
		balances, err := parseCredits(body)
		if err != nil {
			return err
		}
		r.accounts.add(balances)
	}
	return nil
}

// settle counts a fetch and tells people when things change.
func (r *Remote) settle(err error) {
	if !r.asked {
		return
	}
	text := ""
	if err != nil {
		text, _ = format.Clean(err.Error(), 256) // a foreign method: outside the lock
	}
	r.mu.Lock()
	if err == nil {
		r.status.Fetched++
		r.status.Updated = time.Now()
	} else {
		r.status.Failed++
		r.status.LastError = text
	}
	now := r.status
	r.mu.Unlock()
	switch began, ended := r.trouble.Note(err); {
	case began:
		r.warn.Problem("debug_credits", "spur: cannot fetch debug credits; debug requests beyond those left are not honoured",
			slog.String("endpoint", r.endpoint), slog.String("error", now.LastError), slog.Bool("fetched_before", now.Fetched > 0))
	case ended:
		r.warn.Resolved("debug_credits", "spur: debug credits are fetched again", slog.Uint64("failed", now.Failed))
	}
}
