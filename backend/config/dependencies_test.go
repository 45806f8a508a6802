// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/go-spur/spur/backend/config"
)

// TestDependencies: the job knows its day and the engines that need it, and no port.
func TestDependencies(t *testing.T) {
	day := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		args, env []string
		date      time.Time
		storage   string
		wrong     string
	}{
		{storage: "cassandra"},
		{env: []string{"DATE=2026-11-30", "SPAN_STORAGE_TYPE=opensearch,memory"}, date: day, storage: "opensearch,memory"},
		{args: []string{"--dependencies.date=2026-11-30", "--es.server-urls=http://es:9200"}, date: day, storage: "cassandra"},
		{env: []string{"DATE=yesterday"}, wrong: `variable DATE: "yesterday": not a day such as 2026-11-30`},
		{env: []string{"DATE=2026-11-31"}, wrong: "not a day"},
		{args: []string{"--span-storage.type=sqlite"}, wrong: "span-storage.type sqlite: links are computed for the first"},
		{args: []string{"--span-storage.type=kafka,cassandra"}, wrong: "must be cassandra, elasticsearch or opensearch"},
		{args: []string{"--admin.http.host-port=1"}, wrong: "unknown flag"},
		{args: []string{"--data=x"}, wrong: "unknown flag"},
	} {
		c, warning, err := config.Parse(config.Dependencies, test.args, test.env)
		if test.wrong != "" {
			if !errors.Is(err, config.ErrInvalid) || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%q %q: %v, want %q", test.args, test.env, err, test.wrong)
			}
			continue
		}
		if err != nil || warning != "" || !c.Date.Equal(test.date) || c.Storage != test.storage {
			t.Errorf("%q %q: date %v, storage %s, %q, %v", test.args, test.env, c.Date, c.Storage, warning, err)
		}
	}
	if _, warning, err := config.Parse(config.Query, nil, []string{"DATE=x"}); warning != "" || err != nil {
		t.Errorf("another command minds DATE: %q, %v", warning, err)
	}
}
