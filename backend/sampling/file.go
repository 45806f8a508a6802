// SPDX-License-Identifier: Apache-2.0

package sampling

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// FileConfig says where strategies are read, and how.
type FileConfig struct {
	// Location is a path, or a URL of http or https.
	Location string
	// ReloadInterval is how often the file is read again; 0 is never.
	ReloadInterval time.Duration
	// LimitedToo applies the operations of the default strategy also to services of
	// type ratelimiting, as newer versions of Jaeger do (issue 5270).
	LimitedToo bool
}

// File is a Source that follows a file.
type File struct {
	config  FileConfig
	log     *slog.Logger
	client  *http.Client
	changed func(error) // counts

	current atomic.Pointer[Strategies]

	last    []byte // what was read last
	failing bool   // it could not be read the last time

	stop context.CancelFunc
	done sync.WaitGroup
}

// OpenFile reads a file of strategies as Jaeger has it, and again when it changes,
// until Close. A change that cannot be read, or has a wrong value, is logged; what
// was there before holds then. It counts changes in reg, which may be nil.
func OpenFile(ctx context.Context, c FileConfig, reg prometheus.Registerer, log *slog.Logger) (*File, error) {
	f := &File{config: c, log: log, client: &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}, Timeout: fetchTimeout,
	}}
	b, err := f.read(ctx)
	if err == nil {
		err = f.use(b)
	}
	if err != nil {
		f.client.CloseIdleConnections()
		return nil, err
	}
	f.changed = reloads(reg)
	ctx, f.stop = context.WithCancel(context.Background())
	if c.ReloadInterval > 0 {
		f.done.Go(func() { f.follow(ctx) })
	}
	return f, nil
}

// Strategy implements Source.
func (f *File) Strategy(ctx context.Context, service string) (Strategy, error) {
	return f.current.Load().Strategy(ctx, service)
}

// Close stops following the file. Strategy goes on answering.
func (f *File) Close() {
	f.stop()
	f.done.Wait()
	f.client.CloseIdleConnections()
}

func (f *File) follow(ctx context.Context) {
	again := time.NewTicker(f.config.ReloadInterval)
	defer again.Stop()
	for {
		select {
		case <-again.C:
			f.reload(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// reload reads the file again. What is wrong with it is logged once, until it can
// be read again or changes.
func (f *File) reload(ctx context.Context) {
	b, err := f.read(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f.changed(err)
		if !f.failing {
			f.log.Error("the sampling strategies of before are kept", "error", err)
		}
		f.failing = true
		return
	}
	if f.failing {
		f.failing = false
		f.log.Info("sampling strategies can be read again", "from", f.name())
	}
	if bytes.Equal(b, f.last) {
		return
	}
	err = f.use(b)
	f.changed(err)
	if err != nil {
		f.log.Error("the sampling strategies of before are kept", "error", err)
		return
	}
	f.log.Info("sampling strategies have changed", "from", f.name())
}

// use makes b the strategies, unless something in it is wrong.
func (f *File) use(b []byte) error {
	f.last = b
	s, err := parse(b, f.config.LimitedToo)
	if err != nil {
		return fmt.Errorf("sampling strategies: %s: %w", f.name(), err)
	}
	f.current.Store(s)
	return nil
}

// name is the location without a password.
func (f *File) name() string {
	if u := f.url(); u != nil {
		return u.Redacted()
	}
	return f.config.Location
}

// url returns the location as a URL, or nil if it is a path.
func (f *File) url() *url.URL {
	u, err := url.Parse(f.config.Location)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// read returns the bytes of the file. Its errors name it.
func (f *File) read(ctx context.Context) ([]byte, error) {
	get := f.open
	if f.url() != nil {
		get = f.fetch
	}
	body, err := get(ctx)
	if err != nil {
		return nil, fmt.Errorf("sampling strategies: %w", err)
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(io.LimitReader(body, maxFileBytes+1))
	if err == nil && len(b) > maxFileBytes {
		err = fmt.Errorf("more than %d bytes", maxFileBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("sampling strategies: %s: %w", f.name(), err)
	}
	return b, nil
}

func (f *File) open(context.Context) (io.ReadCloser, error) {
	path := f.config.Location
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() { // opening a pipe would wait
		return nil, fmt.Errorf("%s: not a file", path)
	}
	return os.Open(path)
}

func (f *File) fetch(ctx context.Context) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.config.Location, nil)
	if err != nil {
		return nil, errors.New("not a URL") // err could show a password
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%s: the answer is %d %s", f.name(), resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return resp.Body, nil
}

// reloads returns what counts changes of the file.
func reloads(reg prometheus.Registerer) func(error) {
	counter := promauto.With(reg).NewCounterVec(prometheus.CounterOpts{
		Name: "spur_sampling_strategies_reloads_total",
		Help: "Changes of the strategies file that were taken over (ok), and attempts to read it that failed (err).",
	}, []string{"result"})
	ok, failed := counter.WithLabelValues("ok"), counter.WithLabelValues("err")
	return func(err error) {
		if err != nil {
			failed.Inc()
		} else {
			ok.Inc()
		}
	}
}
