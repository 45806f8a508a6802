// SPDX-License-Identifier: Apache-2.0

package server

import (
	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/sampling"
)

// openSampling returns what decides how services sample.
func openSampling(c *config.Config) (sampling.Source, error) {
	if c.Strategies == "" {
		return sampling.SampleAll(), nil
	}
	return sampling.ReadFile(c.Strategies)
}
