// SPDX-License-Identifier: Apache-2.0

package spurgrpc

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/go-spur/spur"
)

// clientStream is a stream with its span. The end comes from three sides: grpc's
// report, what the stream's methods return, and the context; the first one counts.
//
// With message events on, an end that comes while RecvMsg runs waits for it: grpc
// reports the end of an RPC with a single answer before RecvMsg returns the answer,
// and the span must not end before the message is logged. RecvMsg returns soon, as
// the stream has ended.
type clientStream struct {
	grpc.ClientStream
	*config
	ctx            context.Context
	desc           *grpc.StreamDesc
	span           *spur.Span
	sent, received atomic.Int64

	mu        sync.Mutex // guards what follows
	ended     bool
	receiving bool
	waiting   bool  // for RecvMsg, with
	err       error // this
	stop      func() bool
}

// watch ends the span when the context is done.
func (s *clientStream) watch() {
	if s.ctx.Done() == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.stop = context.AfterFunc(s.ctx, func() { s.end(s.ctx.Err()) })
	}
}

// Header implements grpc.ClientStream.
func (s *clientStream) Header() (metadata.MD, error) {
	md, err := s.ClientStream.Header()
	if err != nil {
		s.end(err)
	}
	return md, err
}

// SendMsg implements grpc.ClientStream. io.EOF says that the stream has ended;
// RecvMsg says how.
func (s *clientStream) SendMsg(m any) error {
	returned := false
	defer caught(&returned, s.panicked)
	err := s.ClientStream.SendMsg(m)
	returned = true
	switch {
	case err == nil && s.events && s.open():
		logObject(s.span, sent, s.sent.Add(1), m)
	case err != nil && !errors.Is(err, io.EOF):
		s.end(err)
	}
	return err
}

// RecvMsg implements grpc.ClientStream.
func (s *clientStream) RecvMsg(m any) (err error) {
	returned := false
	defer caught(&returned, s.panicked)
	if s.events {
		err = s.receive(m)
	} else {
		err = s.ClientStream.RecvMsg(m)
	}
	returned = true
	if err != nil || !s.desc.ServerStreams {
		s.end(err)
	}
	return err
}

// receive is RecvMsg with message events.
func (s *clientStream) receive(m any) error {
	s.mu.Lock()
	s.receiving = true
	s.mu.Unlock()
	defer func() { // also when a codec panics, which RecvMsg sees to
		s.mu.Lock()
		s.receiving = false
		waiting, reported := s.waiting, s.err
		s.mu.Unlock()
		if waiting {
			s.end(reported)
		}
	}()
	err := s.ClientStream.RecvMsg(m)
	if err == nil && s.open() {
		logObject(s.span, received, s.received.Add(1), m)
	}
	return err
}

// end finishes the span, once, now or when RecvMsg returns. io.EOF is success. It
// is grpc's OnFinish callback, too.
func (s *clientStream) end(err error) {
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if s.claim(err) {
		s.finish(s.ctx, s.span, err)
	}
}

// panicked finishes the span when what the stream's start or methods call panics.
func (s *clientStream) panicked(p any) {
	if s.claim(nil) {
		s.config.panicked(s.span, p)
	}
}

// claim reports whether the caller is to finish the span, because it has not ended
// and RecvMsg need not be waited for.
func (s *clientStream) claim(err error) bool {
	s.mu.Lock()
	if s.receiving && !s.ended && !s.waiting {
		s.waiting, s.err = true, err
	}
	if s.receiving || s.ended {
		s.mu.Unlock()
		return false
	}
	s.ended = true
	stop := s.stop
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	return true
}

// open reports whether the span has not ended.
func (s *clientStream) open() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.ended
}
