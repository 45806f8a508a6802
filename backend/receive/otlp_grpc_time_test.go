// SPDX-License-Identifier: Apache-2.0

package receive

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// recvStream is a call that gets its request from recv.
type recvStream struct {
	grpc.ServerStream
	ctx  context.Context
	recv func() error
}

func (s *recvStream) Context() context.Context { return s.ctx }
func (s *recvStream) RecvMsg(any) error        { return s.recv() }

// TestOTLPGRPCSlow: a request is not waited for for ever.
func TestOTLPGRPCSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &grpcServer{reading: make(chan struct{}, 1), wanted: make(chan struct{})}
		released := make(chan struct{})
		stream := &recvStream{ctx: t.Context(), recv: func() error {
			<-released
			return errors.New("the call is over")
		}}
		start := time.Now()
		for range 2 { // the second does not begin to read
			if _, err := g.read(stream); status.Code(err) != codes.DeadlineExceeded {
				t.Error(err)
			}
		}
		if took := time.Since(start); took != 2*bodyTimeout {
			t.Errorf("after %v", took)
		}
		close(released)
		synctest.Wait()
		if len(g.reading) != 0 {
			t.Error("others are kept out")
		}
	})
}

// TestOTLPGRPCCrowded: a call that takes its time ends when another waits, and
// only then.
func TestOTLPGRPCCrowded(t *testing.T) {
	for later, want := range map[time.Duration]time.Duration{0: readingTime, 10 * time.Second: 0} {
		synctest.Test(t, func(t *testing.T) {
			g := &grpcServer{reading: make(chan struct{}, 2), wanted: make(chan struct{})}
			over := make(chan error, 2)
			end := make(chan struct{})
			for range cap(g.reading) {
				go func() {
					ctx, cancel := context.WithCancel(t.Context()) // export's end is the call's
					defer cancel()
					_, err := g.read(&recvStream{ctx: ctx, recv: func() error {
						select {
						case <-ctx.Done():
							return ctx.Err()
						case <-end:
							return nil
						}
					}})
					over <- err
				}()
			}
			synctest.Wait()
			time.Sleep(later)
			start := time.Now()
			if _, err := g.read(&recvStream{ctx: t.Context(), recv: func() error { return nil }}); err != nil {
				t.Error(err)
			}
			if took := time.Since(start); took != want {
				t.Errorf("after %v, want %v", took, want)
			}
			synctest.Wait()
			if err := <-over; !errors.Is(err, errCrowded) || len(over) != 0 {
				t.Errorf("ended with %v, and %d more", err, len(over))
			}
			close(end)
			if err := <-over; err != nil {
				t.Error(err)
			}
		})
	}
}
