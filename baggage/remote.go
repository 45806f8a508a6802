// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/warn"
)

var (
	_ Restrictions = (*Remote)(nil)
	_ io.Closer    = (*Remote)(nil)
)

const (
	defaultEndpoint = "http://127.0.0.1:5778"
	defaultPath     = "/baggageRestrictions"
	maxBytes        = 1 << 20 // of an answer, decompressed
)

// RemoteOptions change what NewRemote does. The zero
// value asks an agent on the same host.
type RemoteOptions struct {
	// Endpoint is the server: a URL, or host or host:port alone, which means port
	// 5778 without one. Without a path it has /baggageRestrictions; 127.0.0.1 when
	// empty.
	Endpoint string
	// RefreshInterval is the time between two fetches, plus or minus a tenth of
	// it; a minute when 0. One below a second counts as a second.
	RefreshInterval time.Duration
	// Timeout is the deadline of one fetch, from connecting to the last byte; 10 s
	// when 0.
	Timeout time.Duration
	// Client fetches, for TLS, proxies and authentication. By default, and where
	// its Transport or CheckRedirect is nil, connections are the tracer's own,
	// without a proxy, and redirects are not followed. Its Transport should not
	// be traced by the same tracer.
	Client *http.Client
	// DenyUntilFetched allows no key until the first list has been fetched.
	// Without it every key is allowed until then, with values of
	// DefaultValueLength.
	DenyUntilFetched bool
	// Logger gets a line when fetches begin to fail and one when they succeed
	// again; slog.Default() when nil.
	Logger *slog.Logger
}

// RemoteStatus says how the fetches of a Remote went.
type RemoteStatus struct {
	Fetched   uint64    // lists accepted
	Failed    uint64    // fetches without one
	Keys      int       // in the list in force; 0 when there is none
	Updated   time.Time // when that was accepted; zero when there is none
	LastError string    // of the last fetch that failed, shortened to 256 bytes
}

// Remote allow the keys that a server lists for the service,
// and no others: a list without keys allows none. The list is fetched at once
// and then again and again; an answer that cannot be used in full is counted, and
// the last good list stays in force. Allowed takes no lock and allocates nothing.
//
// The server is asked GET /baggageRestrictions?service=NAME, as Jaeger's clients
// ask it, and answers [{"baggageKey": "user", "maxValueLength": 64}, …]. Answers
// have at most 1 MiB after decompression and 10,000 entries. Jaeger's own agent
// never had an answer (1.62: status 500; later: 404).
type Remote struct {
	url      string
	client   *http.Client
	deny     bool
	list     atomic.Pointer[lengths] // nil until fetched
	loop     *poll.Loop
	warn     *warn.Warner
	endpoint string       // for people
	trouble  poll.Trouble // the loop's

	mu     sync.Mutex
	status RemoteStatus
}

// NewRemote starts fetching the list of a service, on one
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
	u, err := o.validate(service)
	if err != nil {
		return nil, err
	}
	r := &Remote{
		url: u.String(), client: poll.Client(o.Client), deny: o.DenyUntilFetched, warn: warn.New(o.Logger),
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

// Allowed implements Restrictions. The list is that of the service named
// to the constructor, whatever the first argument says.
func (r *Remote) Allowed(_, key string) (maxLength int, ok bool) {
	list := r.list.Load()
	if list == nil {
		return DefaultValueLength, !r.deny
	}
	length, ok := (*list)[key]
	return int(length), ok
}

// Status returns what has been fetched so far. It may be called from any
// goroutine, also after Close.
func (r *Remote) Status() RemoteStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Close stops fetching, within 100 ms. The list stays in force. Further calls do
// nothing more; the error is nil.
func (r *Remote) Close() error { return r.loop.Close() }

// fetch runs on the loop's goroutine.
func (r *Remote) fetch(ctx context.Context) error {
	body, err := poll.Get(ctx, r.client, r.url, maxBytes)
	if err != nil {
		return err
	}
	list, err := parseRestrictions(body)
	if err != nil {
		return err
	}
	r.list.Store(&list)
	return nil
}

// settle counts a fetch and tells people when things change.
func (r *Remote) settle(err error) {
	text := ""
	if err != nil {
		text, _ = format.Clean(err.Error(), 256) // a foreign method: outside the lock
	}
	r.mu.Lock()
	if err == nil {
		r.status.Fetched++
		r.status.Keys, r.status.Updated = len(*r.list.Load()), time.Now()
	} else {
		r.status.Failed++
		r.status.LastError = text
	}
	now := r.status
	r.mu.Unlock()
	switch began, ended := r.trouble.Note(err); {
	case began:
		r.warn.Problem("baggage_restrictions", "spur: cannot fetch baggage restrictions; the last ones stay in force",
			slog.String("endpoint", r.endpoint), slog.String("error", now.LastError), slog.Bool("fetched_before", now.Fetched > 0))
	case ended:
		r.warn.Resolved("baggage_restrictions", "spur: baggage restrictions are fetched again",
			slog.Int("keys", now.Keys), slog.Uint64("failed", now.Failed))
	}
}
