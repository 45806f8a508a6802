// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/sampling"
	"github.com/go-spur/spur/backend/store"
)

// openSampling opens what decides how services sample.
func (s *Server) openSampling(ctx context.Context) error {
	c := &s.config
	if c.Command == config.Agent {
		return s.askCollectors()
	}
	if c.SamplingType == "adaptive" {
		return s.openAdaptive(ctx)
	}
	if c.Strategies == "" {
		s.strategies = sampling.SampleAll()
		return nil
	}
	f, err := sampling.OpenFile(ctx, sampling.FileConfig{
		Location: c.Strategies, ReloadInterval: c.StrategiesReload, LimitedToo: c.StrategiesLimitedToo,
	}, s.metrics, s.log)
	if err != nil {
		return err
	}
	s.strategies = f
	s.release = append(s.release, func() error { f.Close(); return nil })
	return nil
}

func (s *Server) openAdaptive(ctx context.Context) (err error) {
	if s.config.Strategies != "" {
		s.log.Warn("the file of sampling strategies is not used: sampling is adaptive", "file", s.config.Strategies)
	}
	for _, k := range s.stores {
		if keeps, ok := k.store.(store.Sampler); ok {
			s.adaptive, err = sampling.NewAdaptive(ctx, s.config.Adaptive, keeps, s.metrics, s.log)
			s.strategies = s.adaptive
			return err
		}
	}
	return fmt.Errorf("adaptive sampling: no store of %s keeps what is learned: use sqlite, memory, cassandra, elasticsearch or opensearch", s.config.Storage)
}
