// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package poll_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-spur/spur/internal/guard"
	"github.com/go-spur/spur/internal/poll"
)

func TestFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := func(int) (int, error) { panic("boom") }
		s := steps{do: []func(int) (int, error){fail, idle, add, boom}}
		f := s.follow(func(src *poll.Source[int]) { src.Manual = true })
		defer f.Close()
		<-time.After(time.Hour)
		if st := f.Status(); st != (poll.Status{}) {
			t.Errorf("by itself: %+v", st)
		}
		for i, want := range []func(error) bool{
			func(err error) bool { return err != nil && err.Error() == "no" },
			func(err error) bool { return err == poll.ErrIdle },
			func(err error) bool { return err == nil },
			func(err error) bool { return errors.Is(err, guard.ErrPanic) },
		} {
			if err := f.Fetch(context.Background()); !want(err) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if st := f.Status(); f.Value() != 2 || st.Fetched != 1 || st.Failed != 2 || !st.Updated.Equal(time.Now()) {
			t.Errorf("%d, %+v", f.Value(), st)
		}
		want := "level=WARN msg=fails cause=rate from=source error=no\nlevel=INFO msg=works cause=rate from=source failed=1\n"
		if got := s.log.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestFetchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := poll.Follow(poll.Source[int]{
			Options: poll.Options{Timeout: time.Minute}, Manual: true,
			Update: func(ctx context.Context, _ int) (int, error) {
				<-ctx.Done()
				return 0, ctx.Err()
			},
		})
		defer f.Close()
		start := time.Now()
		if err := f.Fetch(context.Background()); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		start = time.Now()
		if err := f.Fetch(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
