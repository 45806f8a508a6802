// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-spur/spur/backend/config"
	"github.com/go-spur/spur/backend/links"
)

// dependencies writes the links of a day into the first store, and says so on stdout.
func dependencies(ctx context.Context, c *config.Config, engines Engines, log *slog.Logger, stdout io.Writer) (err error) {
	if engines == nil {
		return errors.New("this command has no stores")
	}
	day := c.Date
	if day.IsZero() {
		day = time.Now().Add(-time.Hour).UTC().Truncate(24 * time.Hour)
	}
	s, where, err := engines(ctx, c.Storages()[0], c, prometheus.NewRegistry(), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	begun := time.Now()
	r, err := links.Write(ctx, s, day, log)
	name := day.Format(time.DateOnly)
	if errors.Is(err, links.ErrNothing) {
		_, err = fmt.Fprintf(stdout, "no traces of %s, %s: nothing is written\n", name, where)
		return err
	}
	if err != nil {
		return fmt.Errorf("links of %s: %w", name, err)
	}
	_, err = fmt.Fprintf(stdout, "%d links with %d calls of %s, %s: written after %v\n",
		len(r.Links), r.Calls(), name, where, time.Since(begun).Round(time.Millisecond))
	return err
}
