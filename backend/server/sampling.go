// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"

	"github.com/go-spur/spur/backend/sampling"
)

// openSampling opens what decides how services sample.
func (s *Server) openSampling(ctx context.Context) error {
	c := &s.config
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
