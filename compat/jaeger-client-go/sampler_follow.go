// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	firstFetch = 500 * time.Millisecond // the first fetch comes within it
	firstRetry = time.Second            // until the server has answered once
)

// follow asks the server again and again, until ctx ends.
func (s *RemotelyControlledSampler) follow(ctx context.Context) {
	defer close(s.done)
	retry := firstRetry
	// Not sooner than half of it: a fleet that starts together does not ask together, and a
	// sampler that is closed at once does not ask at all.
	wait := firstFetch/2 + rand.N(firstFetch/2)
	for {
		timer := time.NewTimer(min(wait, s.samplingRefreshInterval))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if ctx.Err() != nil { // both had come
			return
		}
		wait = s.samplingRefreshInterval
		if s.poll(ctx) {
			retry = wait
		} else {
			wait, retry = retry, min(2*retry, wait)
		}
	}
}

// poll is UpdateSampler, unless ctx ends meanwhile. It reports whether the server answered.
// Not even a logger or a counter that panics ends the program.
func (s *RemotelyControlledSampler) poll(ctx context.Context) (answered bool) {
	_ = try("a logger or counter", func() error {
		response, err := s.fetch(ctx)
		if ctx.Err() == nil {
			answered = err == nil
			s.apply(response, err)
		}
		return nil
	})
	return answered
}

// UpdateSampler asks the server now, and waits for its answer.
func (s *RemotelyControlledSampler) UpdateSampler() { s.apply(s.fetch(context.Background())) }

func (s *RemotelyControlledSampler) fetch(ctx context.Context) (response []byte, err error) {
	err = try("the fetcher", func() (err error) {
		if own, ok := s.samplingFetcher.(*httpFetcher); ok {
			response, err = own.fetch(ctx, s.serviceName)
		} else {
			response, err = s.samplingFetcher.Fetch(s.serviceName)
		}
		return err
	})
	return response, err
}

// apply makes a sampler of what the server answered, and notes how that went.
func (s *RemotelyControlledSampler) apply(response []byte, err error) {
	failure := s.obey(response, err)
	s.statusMu.Lock()
	defer s.statusMu.Unlock()
	if failure == "" {
		s.status.Fetched++
		s.status.Updated = time.Now()
		return
	}
	s.status.Failed++
	s.status.LastError = failure[:min(len(failure), shownBytes)]
}

// obey counts and logs each step. It returns what went wrong, or "".
func (s *RemotelyControlledSampler) obey(response []byte, err error) (failure string) {
	if err != nil {
		failure = errorText(err)
		s.metrics.SamplerQueryFailure.Inc(1)
		s.logger.Infof("failed to fetch sampling strategy: %s", failure)
		return failure
	}
	var strategy any
	err = try("the parser", func() (err error) {
		strategy, err = s.samplingParser.Parse(response)
		return err
	})
	if err != nil {
		failure = errorText(err)
		s.metrics.SamplerUpdateFailure.Inc(1)
		s.logger.Infof("failed to parse sampling strategy response: %s", failure)
		return failure
	}
	s.metrics.SamplerRetrieved.Inc(1)
	updated, err := s.update(strategy)
	if err != nil {
		failure = errorText(err)
		s.metrics.SamplerUpdateFailure.Inc(1)
		s.logger.Infof("failed to handle sampling strategy response %+v. Got error: %s", response[:min(len(response), shownBytes)], failure)
		return failure
	}
	s.logger.Debugf("sampler updated: %+v", updated)
	s.metrics.SamplerUpdated.Inc(1)
	return ""
}

// update asks the updaters, one after the other.
func (s *RemotelyControlledSampler) update(strategy any) (updated SamplerV2, err error) {
	s.Lock()
	defer s.Unlock()
	for _, u := range s.updaters {
		err := try("an updater", func() (err error) {
			updated, err = u.Update(s.Sampler(), strategy)
			return err
		})
		if err != nil {
			return nil, err
		}
		if updated != nil {
			s.setSampler(updated)
			return updated, nil
		}
	}
	return nil, fmt.Errorf("unsupported sampling strategy %.*s", shownBytes, fmt.Sprintf("%+v", strategy))
}
