// SPDX-License-Identifier: Apache-2.0

package spur

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-spur/spur/internal/format"
	"github.com/go-spur/spur/internal/poll"
	"github.com/go-spur/spur/internal/warn"
)

var (
	_ BaggageRestrictions = (*RemoteBaggageRestrictions)(nil)
	_ io.Closer           = (*RemoteBaggageRestrictions)(nil)
)

const (
	restrictionsEndpoint = "http://127.0.0.1:5778"
	restrictionsPath     = "/baggageRestrictions"
	restrictionsBytes    = 1 << 20 // of an answer, decompressed
)

// RemoteBaggageOptions change what NewRemoteBaggageRestrictions does. The zero
// value asks an agent on the same host.
type RemoteBaggageOptions struct {
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
	// DefaultBaggageValueLength.
	DenyUntilFetched bool
	// Logger gets a line when fetches begin to fail and one when they succeed
	// again; slog.Default() when nil.
	Logger *slog.Logger
}

// RemoteBaggageStatus says how the fetches of a RemoteBaggageRestrictions went.
type RemoteBaggageStatus struct {
	Fetched   uint64    // lists accepted
	Failed    uint64    // fetches without one
	Keys      int       // in the list in force; 0 when there is none
	Updated   time.Time // when that was accepted; zero when there is none
	LastError string    // of the last fetch that failed, shortened to 256 bytes
}

// RemoteBaggageRestrictions allow the keys that a server lists for the service,
// and no others: a list without keys allows none. The list is fetched at once
// and then again and again; an answer that cannot be used in full is counted, and
// the last good list stays in force. Allowed takes no lock and allocates nothing.
//
// The server is asked GET /baggageRestrictions?service=NAME, as Jaeger's clients
// ask it, and answers [{"baggageKey": "user", "maxValueLength": 64}, …]. Answers
// have at most 1 MiB after decompression and 10,000 entries. Jaeger's own agent
// never had an answer (1.62: status 500; later: 404).
type RemoteBaggageRestrictions struct {
	url      string
	client   *http.Client
	deny     bool
	list     atomic.Pointer[baggageLengths] // nil until fetched
	loop     *poll.Loop
	warn     *warn.Warner
	endpoint string       // for people
	trouble  poll.Trouble // the loop's

	mu     sync.Mutex
	status RemoteBaggageStatus
}

// NewRemoteBaggageRestrictions starts fetching the list of a service, on one
// goroutine that ends with Close, or with the Shutdown of the tracer it is given
// to. A server that cannot be reached is no error; a *ConfigError says what is
// wrong with an option.
func NewRemoteBaggageRestrictions(service string, o RemoteBaggageOptions) (*RemoteBaggageRestrictions, error) {
	if o.Endpoint == "" {
		o.Endpoint = restrictionsEndpoint
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	u, err := o.validate(service)
	if err != nil {
		return nil, err
	}
	r := &RemoteBaggageRestrictions{
		url: u.String(), client: poll.Client(o.Client), deny: o.DenyUntilFetched, warn: warn.New(o.Logger),
		endpoint: (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
	}
	r.loop = poll.Start(poll.Options{Interval: o.RefreshInterval, Timeout: o.Timeout}, r.fetch, r.settle)
	return r, nil
}

func (o *RemoteBaggageOptions) validate(service string) (*url.URL, error) {
	if service == "" {
		return nil, &ConfigError{Name: "NewRemoteBaggageRestrictions", Err: errNoService}
	}
	return polledURL("RemoteBaggageOptions", o.Endpoint, restrictionsPath, service, o.RefreshInterval, o.Timeout)
}

// Allowed implements BaggageRestrictions. The list is that of the service named
// to the constructor, whatever the first argument says.
func (r *RemoteBaggageRestrictions) Allowed(_, key string) (maxLength int, ok bool) {
	list := r.list.Load()
	if list == nil {
		return DefaultBaggageValueLength, !r.deny
	}
	length, ok := (*list)[key]
	return int(length), ok
}

// Status returns what has been fetched so far. It may be called from any
// goroutine, also after Close.
func (r *RemoteBaggageRestrictions) Status() RemoteBaggageStatus {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Close stops fetching, within 100 ms. The list stays in force. Further calls do
// nothing more; the error is nil.
func (r *RemoteBaggageRestrictions) Close() error { return r.loop.Close() }

// fetch runs on the loop's goroutine.
func (r *RemoteBaggageRestrictions) fetch(ctx context.Context) error {
	body, err := poll.Get(ctx, r.client, r.url, restrictionsBytes)
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
func (r *RemoteBaggageRestrictions) settle(err error) {
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

// maskURL leaves of an endpoint what cannot be a secret.
func maskURL(raw string) string {
	raw, _, _ = strings.Cut(raw, "?")
	if at := strings.LastIndexByte(raw, '@'); at >= 0 {
		return "***@" + raw[at+1:]
	}
	return raw
}
