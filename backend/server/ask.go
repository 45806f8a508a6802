// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/send"
)

// askCollectors has collectors decide how services sample.
func (s *Server) askCollectors() error {
	to := s.config.Asked()
	var collectors []sampling.Asking
	var questions []*send.Questions
	closeAll := func() {
		for _, q := range questions {
			_ = q.Close() // nothing is wanted of it any more
		}
	}
	for _, endpoint := range to.Endpoints {
		c := sendConfig(&to)
		c.Endpoint = endpoint
		q, err := send.NewQuestions(c)
		if err != nil {
			closeAll()
			return fmt.Errorf("sampling: %w", err)
		}
		questions = append(questions, q)
		collectors = append(collectors, q.Strategy)
	}
	if collectors == nil {
		s.log.Warn("nobody is asked how to sample, for OTLP has no such question: set reporter.grpc.host-port")
		collectors = []sampling.Asking{func(context.Context, string) (sampling.Strategy, error) {
			return sampling.Strategy{}, errors.New("the agent has none: set reporter.grpc.host-port")
		}}
	}
	r := sampling.NewRemote(collectors, s.metrics, s.log)
	s.strategies = r
	s.release = append(s.release, func() error {
		r.Close()
		closeAll()
		return nil
	})
	return nil
}
