// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package faultnet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Both sides of net/http in one bubble: it ends only when no goroutine is left.
func TestKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, l, _ := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(w, r.Body)
		})
		c := newClient(t, nw)
		begin := time.Now()
		for i := range 1000 {
			body := fmt.Sprint("request ", i)
			if status, answer, err := post(context.Background(), c, tracesURL, []byte(body)); status != 200 || answer != body || err != nil {
				t.Fatalf("%q: %d %q, %v", body, status, answer, err)
			}
		}
		if n := len(nw.Dials()); n != 1 || l.Open() != 1 || time.Since(begin) != 0 {
			t.Errorf("%d dials, %d open, after %v", n, l.Open(), time.Since(begin))
		}
		time.Sleep(time.Minute) // the server closes, the client notices
		synctest.Wait()
		if l.Open() != 0 {
			t.Errorf("%d open after the idle time", l.Open())
		}
		if status, _, err := post(context.Background(), c, tracesURL, nil); status != 200 || err != nil || len(nw.Dials()) != 2 {
			t.Errorf("%d, %v, %d dials", status, err, len(nw.Dials()))
		}
	})
}

func TestContextEndsExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan time.Duration, 1)
		begin := time.Now()
		nw, l, _ := newServer(t, func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done() // net/http's server reads in the background to learn that
			ended <- time.Since(begin)
		})
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_, _, err := post(ctx, newClient(t, nw), tracesURL, nil)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if d := <-ended; d != 3*time.Second {
			t.Errorf("the handler learned it after %v", d)
		}
		synctest.Wait()
		if l.Open() != 0 {
			t.Errorf("%d open", l.Open())
		}
	})
}

func TestAnswerStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, _, _ := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
			for i := range 5 {
				fmt.Fprintln(w, "line", i)
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Second)
			}
		})
		begin := time.Now()
		res, err := newClient(t, nw).Get(tracesURL)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for i := range 5 {
			if !lines.Scan() || lines.Text() != fmt.Sprint("line ", i) || time.Since(begin) != time.Duration(i)*time.Second {
				t.Errorf("line %d: %q after %v", i, lines.Text(), time.Since(begin))
			}
		}
		if lines.Scan() || lines.Err() != nil || time.Since(begin) != 5*time.Second {
			t.Errorf("end: %q, %v after %v", lines.Text(), lines.Err(), time.Since(begin))
		}
	})
}

func TestServerTimesOutSlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, _, _ := newServer(t, func(http.ResponseWriter, *http.Request) {})
		c, err := nw.Dial(context.Background(), "tcp", streamAddr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost:")
		begin := time.Now()
		if got, err := io.ReadAll(c); err != nil || len(got) != 0 || time.Since(begin) != 7*time.Second {
			t.Errorf("%q, %v after %v", got, err, time.Since(begin))
		}
	})
}

// A graceful Shutdown answers what is under way and refuses what comes later.
func TestServerShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nw, l, srv := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Minute)
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
		})
		c := newClient(t, nw)
		down := make(chan error, 1)
		time.AfterFunc(time.Second, func() { down <- srv.Shutdown(context.Background()) })
		if status, answer, err := post(context.Background(), c, tracesURL, nil); status != 200 || len(answer) != 1<<20 || err != nil {
			t.Errorf("%d, %d bytes, %v", status, len(answer), err)
		}
		if err := <-down; err != nil || l.Open() != 0 {
			t.Errorf("Shutdown: %v, %d open", err, l.Open())
		}
		if _, _, err := post(context.Background(), c, tracesURL, nil); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("after Shutdown: %v", err)
		}
	})
}
