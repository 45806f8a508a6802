// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// dependencies are the options of the command of that name.
func (c *Config) dependencies() []option {
	return []option{
		{"dependencies.date", "DATE", date(&c.Date), "day of which links between services are computed, in UTC", "that of an hour ago", Dependencies},
	}
}

// checkDependencies returns what is of no use.
func (c *Config) checkDependencies() []error {
	first := c.Storages()[0]
	if c.Command != Dependencies || slices.Contains([]string{cassandra, elasticsearch, opensearch}, first) {
		return nil
	}
	return []error{fmt.Errorf("span-storage.type %s: links are computed for the first, which must be cassandra, elasticsearch or opensearch: sqlite and memory find them when they are asked", c.Storage)}
}

// date reads a day, whose begin in UTC it is.
func date(to *time.Time) value[time.Time] {
	return value[time.Time]{to, "YYYY-MM-DD", func(s string) (time.Time, error) {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			return t, errors.New("not a day such as 2026-11-30")
		}
		return t, nil
	}, func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}}
}
