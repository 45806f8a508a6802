// SPDX-License-Identifier: Apache-2.0

package cassandra

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	gocql "github.com/apache/cassandra-gocql-driver/v2"

	"github.com/go-spur/spur/backend/internal/trouble"
	"github.com/go-spur/spur/backend/store"
)

// link is the connection to the servers. A goroutine makes it, looks after it, and says
// in the log when it is broken and when it is back.
type link struct {
	config *Config
	log    *slog.Logger
	told   trouble.Log
	stop   context.CancelFunc
	done   chan struct{}

	making chan made // what is under way, or nil; only run uses it

	mu      sync.Mutex
	session session // nil until the schema was found right
	schema  schema
	failure error // why it cannot be used, or nil
}

// made is what CreateSession returned.
type made struct {
	session *gocql.Session
	err     error
}

// unreachable is the error of servers of which none is there.
type unreachable struct{ error }

func (u unreachable) Unwrap() error { return u.error }

// dial returns a link. It waits for the first attempt as long as a connection may take.
func dial(ctx context.Context, c *Config, log *slog.Logger) (*link, error) {
	l := &link{config: c, log: log, done: make(chan struct{})}
	run, stop := context.WithCancel(context.Background())
	l.stop = stop
	first := make(chan error, 1)
	go l.run(run, first)
	patience := c.ConnectTimeout + c.Timeout
	if c.Schema.Create {
		patience += createTime
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	var err error
	select {
	case err = <-first:
		if errors.As(err, new(unreachable)) {
			err = nil
		}
	case <-timer.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// run keeps the link until ctx is done. It sends the result of the first attempt.
func (l *link) run(ctx context.Context, first chan<- error) {
	defer close(l.done)
	defer l.giveUp()
	for ok := true; ok; ok = sleep(ctx, watchEvery) {
		err := l.attempt(ctx)
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		l.report(err)
		if first != nil {
			first <- err
			first = nil
		}
	}
}

// attempt connects, or compares the schema when the server is connected.
func (l *link) attempt(ctx context.Context) error {
	l.mu.Lock()
	s := l.session
	l.mu.Unlock()
	if s != nil {
		ctx, cancel := context.WithTimeout(ctx, l.config.Timeout)
		defer cancel()
		return l.compare(ctx, s)
	}
	ctx, cancel := context.WithTimeout(ctx, createTime)
	defer cancel()
	if err := l.reachable(ctx); err != nil {
		return unreachable{l.wrap(err)}
	}
	s, err := l.connect(ctx)
	if err != nil {
		return l.wrap(err)
	}
	err = l.wrap(l.config.createSchema(ctx, s))
	if err == nil {
		err = l.compare(ctx, s)
	}
	if err != nil {
		s.close()
		return err
	}
	l.mu.Lock()
	l.session = s
	l.mu.Unlock()
	return nil
}

// connect makes a session. The driver knows no contexts here: what is not made when ctx
// is done, the next call waits for.
func (l *link) connect(ctx context.Context) (session, error) {
	if l.making == nil {
		making := make(chan made, 1)
		l.making = making
		go func() {
			s, err := l.config.cluster().CreateSession()
			making <- made{s, err}
		}()
	}
	select {
	case m := <-l.making:
		l.making = nil
		if m.err != nil {
			return nil, m.err
		}
		return driver{m.session}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// giveUp closes the session that is under way, once it is made.
func (l *link) giveUp() {
	if making := l.making; making != nil {
		go func() {
			if m := <-making; m.err == nil {
				m.session.Close()
			}
		}()
	}
}

// compare reads the schema, and returns what is wrong with it.
func (l *link) compare(ctx context.Context, s session) error {
	found, err := l.config.readSchema(ctx, s)
	if err == nil {
		err = l.config.compareSchema(found.columns)
	}
	if err != nil {
		return l.wrap(err)
	}
	l.mu.Lock()
	l.schema = found
	l.mu.Unlock()
	return nil
}

// check returns nil when the schema is right, on all servers, and otherwise an error that
// is store.ErrUnavailable.
func (l *link) check(ctx context.Context) error {
	err := l.attempt(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	l.report(err)
	if err == nil {
		l.mu.Lock()
		s := l.session
		l.mu.Unlock()
		err = l.wrap(s.agree(ctx))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", err, store.ErrUnavailable)
	}
	return nil
}

// kept returns how long rows of a table are kept, 0 for ever.
func (l *link) kept(table string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.schema.kept[table]
}

func (l *link) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("cassandra: %s: %w", l.config.where(), err)
}

// reachable returns nil when one of the servers accepts a connection.
func (l *link) reachable(ctx context.Context) (err error) {
	dialer := net.Dialer{Timeout: l.config.ConnectTimeout}
	for _, server := range l.config.Servers {
		if _, _, split := net.SplitHostPort(server); split != nil {
			server = net.JoinHostPort(server, strconv.Itoa(l.config.Port))
		}
		var c net.Conn
		if c, err = dialer.DialContext(ctx, "tcp", server); err == nil {
			_ = c.Close() // nothing was sent
			return nil
		}
	}
	return err
}

// report remembers err. It logs a failure, and that it is over.
func (l *link) report(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	l.mu.Lock()
	l.failure = err
	l.mu.Unlock()
	if worse, better := l.told.Note(err); worse {
		l.log.Warn("the store cannot be used", "error", err)
	} else if better {
		l.log.Info("the store can be used again", "where", l.config.where())
	}
}

// ready returns nil or why the link cannot be used.
func (l *link) ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

var errConnecting = fmt.Errorf("cassandra: not connected yet: %w", store.ErrUnavailable)

// use returns the session.
func (l *link) use() (session, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.session != nil:
		return l.session, nil
	case l.failure != nil:
		return nil, fmt.Errorf("%w: %w", l.failure, store.ErrUnavailable)
	default:
		return nil, errConnecting
	}
}

func (l *link) close() {
	l.stop()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != nil {
		l.session.close()
	}
}
