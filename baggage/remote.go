// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-spur/spur/internal/poll"
)

var (
	_ Restrictions = (*Remote)(nil)
	_ io.Closer    = (*Remote)(nil)
)

const (
	defaultPath = "/baggageRestrictions"
	maxBytes    = 1 << 20 // of an answer, decompressed
)

// RemoteOptions change what NewRemote does. The zero value asks an agent on the
// same host.
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
	// its Transport or CheckRedirect is nil, connections are the tracer's own, without
	// a proxy (http.ProxyFromEnvironment is that of spur.FromEnv), and redirects are
	// not followed. The Transport should not be traced by the same tracer.
	Client *http.Client
	// DenyUntilFetched allows no key until the first list has been fetched.
	// Without it every key is allowed until then, with values of
	// DefaultValueLength.
	DenyUntilFetched bool
	// Manual starts no goroutine: only Fetch asks the server.
	Manual bool
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

// Remote allows the keys that a server lists for the service, and no others: a list
// without keys allows none. The list is fetched at once and then again and again; an
// answer that cannot be used in full is counted, and the last good list stays in
// force. Allowed takes no lock and allocates nothing.
//
// The server is asked GET /baggageRestrictions?service=NAME, as Jaeger's clients
// ask it, and answers [{"baggageKey": "user", "maxValueLength": 64}, …]. Answers
// have at most 1 MiB after decompression and 10,000 entries. Jaeger's own agents
// have none.
type Remote struct {
	deny bool
	list *poll.Follower[lengths] // nil until fetched
}

// NewRemote starts fetching the list of a service, unless Manual, on one goroutine that
// ends with Close, or with the Shutdown of the tracer it is given to. A server that cannot be
// reached is no error; an ErrInvalidOption names the option.
func NewRemote(service string, o RemoteOptions) (*Remote, error) {
	s, err := o.follow(service)
	if err != nil {
		return nil, err
	}
	return &Remote{deny: o.DenyUntilFetched, list: poll.Follow(s)}, nil
}

// follow says what is followed.
func (o *RemoteOptions) follow(service string) (s poll.Source[lengths], err error) {
	server, err := poll.NewServer(poll.ServerOptions{
		Service: service, Endpoint: o.Endpoint, Path: defaultPath, Client: o.Client,
		RefreshInterval: o.RefreshInterval, Timeout: o.Timeout,
	})
	if err != nil {
		return s, fmt.Errorf("%w: %w", ErrInvalidOption, err)
	}
	return poll.Source[lengths]{
		Options: poll.Options{Interval: o.RefreshInterval, Timeout: o.Timeout},
		Name:    server.String(), Manual: o.Manual, Logger: o.Logger, Cause: "baggage_restrictions",
		Failing:  "spur: cannot fetch baggage restrictions; the last ones stay in force",
		Working:  "spur: baggage restrictions are fetched again",
		Describe: func(_ lengths, st poll.Status) slog.Attr { return slog.Uint64("fetched", st.Fetched) },
		Update: func(ctx context.Context, _ lengths) (lengths, error) {
			return poll.Fetch(ctx, server, "", maxBytes, parse)
		},
	}, nil
}

// Allowed implements Restrictions. The list is that of the service named to the
// constructor, whatever the first argument says.
func (r *Remote) Allowed(_, key string) (maxLength int, ok bool) {
	list := r.list.Value()
	if list == nil {
		return DefaultValueLength, !r.deny
	}
	length, ok := list[key]
	return int(length), ok
}

// Fetch asks the server now, waiting no longer than ctx and RemoteOptions.Timeout allow.
// The error says why the list in force stays. It may be called from any goroutine, with
// Manual or without.
func (r *Remote) Fetch(ctx context.Context) error { return r.list.Fetch(ctx) }

// Status returns what has been fetched so far. It may be called from any
// goroutine, also after Close.
func (r *Remote) Status() RemoteStatus {
	st := r.list.Status()
	return RemoteStatus{Fetched: st.Fetched, Failed: st.Failed, Keys: len(r.list.Value()), Updated: st.Updated, LastError: st.LastError}
}

// Close stops fetching, within 100 ms. The list stays in force. Further calls do
// nothing more; the error is nil.
func (r *Remote) Close() error { return r.list.Close() }
