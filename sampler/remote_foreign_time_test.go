// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package sampler

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type parserFunc func(answer []byte, current Sampler) (Sampler, error)

func (f parserFunc) Parse(answer []byte, current Sampler) (Sampler, error) { return f(answer, current) }

// nastyError is an error whose text cannot be had.
type nastyError struct{}

func (nastyError) Error() string { panic("nasty") }

// TestRemoteForeign: fetchers and parsers of others may do anything.
func TestRemoteForeign(t *testing.T) {
	ok := fetcherFunc(func(_ context.Context, service string) ([]byte, error) { return []byte(service), nil })
	for _, tt := range []struct {
		name    string
		fetcher fetcherFunc
		parser  parserFunc
		want    string // of the error
	}{
		{"fetcher panics", func(context.Context, string) ([]byte, error) { panic("no") }, nil, "panic: no"},
		{"fetcher fails", func(context.Context, string) ([]byte, error) { return nil, errors.New("no") }, nil, "no"},
		{"nasty error", func(context.Context, string) ([]byte, error) { return nil, nastyError{} }, nil, "PANIC"},
		{"fetcher returns nothing", func(context.Context, string) ([]byte, error) { return nil, nil }, nil, "bad strategy"},
		{"fetcher returns too much", func(context.Context, string) ([]byte, error) { return make([]byte, 2<<20), nil }, nil, "2097152 bytes"},
		{"fetcher's panic contains itself", func(context.Context, string) ([]byte, error) { m := map[int]any{}; m[0] = m; panic(m) }, nil, "panic: map[0:map[0:"},
		{"fetcher's URL", func(context.Context, string) ([]byte, error) {
			return nil, &url.Error{Op: "Get", URL: "http://h/?token=secret", Err: io.EOF}
		}, nil, `Get "http://h/?***": EOF`},
		{"parser panics", ok, func([]byte, Sampler) (Sampler, error) { panic("no") }, "panic: no"},
		{"parser fails", ok, func([]byte, Sampler) (Sampler, error) { return nil, errors.New("no") }, "no"},
		{"parser returns nothing", ok, func([]byte, Sampler) (Sampler, error) { return nil, nil }, "no sampler"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := RemoteOptions{Fetcher: tt.fetcher, Initial: NewConst(true)}
				if tt.parser != nil {
					o.Parser = tt.parser
				}
				r := newRemoteRig(t, http.NotFoundHandler(), o)
				<-time.After(10 * time.Minute)
				r.check(t, "const(true) until sampler.fetcherFunc answers)")
				if st := r.Status(); st.Failed < 9 || st.Fetched != 0 || !strings.Contains(st.LastError, tt.want) {
					t.Errorf("%+v, want %q", st, tt.want)
				}
				if l := r.lines(); len(l) != 1 {
					t.Errorf("logged %q", l)
				}
			})
		})
	}
}

// namedFetcher is a fetcher with a name.
type namedFetcher struct{ fetcherFunc }

func (namedFetcher) String() string { return "grpc://agent:5779" }

// TestRemoteParser: a format and a sampler of one's own.
func TestRemoteParser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		answer := "const"
		var given []Sampler
		r := newRemoteRig(t, http.NotFoundHandler(), RemoteOptions{
			Fetcher: namedFetcher{func(_ context.Context, service string) ([]byte, error) {
				mu.Lock()
				defer mu.Unlock()
				return []byte(service + "=" + answer), nil
			}},
			Parser: parserFunc(func(body []byte, current Sampler) (Sampler, error) {
				mu.Lock()
				given = append(given, current)
				mu.Unlock()
				switch string(body) {
				case "orders=const":
					return NewConst(true), nil
				case "orders=half":
					return Strategy{Probability: 0.5}.Sampler(current, 0)
				}
				return current, nil
			}),
		})
		for _, tt := range []struct{ answer, want string }{
			{"const", "const(true)"}, {"as it is", "const(true)"}, {"half", "probabilistic(0.5)"}, {"half", "probabilistic(0.5)"},
		} {
			mu.Lock()
			answer = tt.answer
			mu.Unlock()
			<-time.After(66 * time.Second)
			if got, want := r.String(), fmt.Sprintf("remote(%s from grpc://agent:5779)", tt.want); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if n := len(given); n < 4 || given[n-1] != given[n-2] && given[n-1] != r.of.Value() {
			t.Errorf("%d calls with %v", n, given)
		}
	})
}

// TestRemoteKeepsSecrets: a server may repeat what it is asked with, in a refusal,
// as a value and in what a parser of others makes of it.
func TestRemoteKeepsSecrets(t *testing.T) {
	echo := func(format string, status int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			fmt.Fprintf(w, format, r.Header.Get("Authorization")+r.URL.Query().Get("token"))
		})
	}
	strict := parserFunc(func(answer []byte, _ Sampler) (Sampler, error) { return nil, fmt.Errorf("cannot use %s", answer) })
	for _, tt := range []struct {
		handler http.Handler
		parser  Parser
		want    string
	}{
		{echo("no %s here", 403), nil, "poll: unexpected status 403 Forbidden"},
		{echo(`{"strategyType":"%s","probabilisticSampling":{"samplingRate":1}}`, 200), nil, "sampler: bad strategy: strategyType: *** is none that is known"},
		{echo(`{"probabilisticSampling":{"samplingRate":"%s"}}`, 200), nil, "sampler: bad strategy: probabilisticSampling.samplingRate: *** is not a number"},
		{echo(`{"probabilisticSampling":{"samplingRate":77.%.0s42}}`, 200), nil, "sampler: bad strategy: probabilisticSampling.samplingRate: *** is not between 0 and 1"},
		{echo("%s", 200), strict, "poll: the parser refused the answer: *"},
	} {
		for _, endpoint := range []string{"http://ann:secret@agent", "agent?token=secret"} {
			synctest.Test(t, func(t *testing.T) {
				r := newRemoteRig(t, tt.handler, RemoteOptions{Endpoint: endpoint, Parser: tt.parser})
				<-time.After(time.Minute)
				synctest.Wait()
				st, log := r.Status(), fmt.Sprint(r.lines())
				if !strings.HasPrefix(st.LastError, tt.want) || st.Failed == 0 {
					t.Errorf("%s; want %s", st.LastError, tt.want)
				}
				for _, text := range []string{log, fmt.Sprint(st), r.String()} {
					if strings.Contains(text, "secret") || strings.Contains(text, "YW5uOnNlY3JldA") || strings.Contains(text, "77.") {
						t.Errorf("shown: %s", text)
					}
				}
			})
		}
	}
}
