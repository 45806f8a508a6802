// SPDX-License-Identifier: Apache-2.0

package elastic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-spur/spur/backend/internal/trouble"
	"github.com/go-spur/spur/backend/store"
)

// aliasTime is how long the server has to say who has the aliases.
const aliasTime = 3 * time.Second

// aliasError says that no index has this alias.
type aliasError string

func (e aliasError) Error() string {
	return fmt.Sprintf("no index has the alias %s, which jaeger-es-rollover init makes", string(e))
}

// needed are the aliases that nothing can be read without. There may be none of
// dependencies, nor of the archive.
func (n *names) needed() []string {
	if !n.aliases {
		return nil
	}
	return []string{n.prefix + string(spans) + "-read", n.prefix + string(services) + "-read"}
}

// aliases is what is known of those that are needed to read. Nothing that is stored needs
// them.
type aliases struct {
	told trouble.Log

	mu sync.Mutex
	// missing has an aliasError of one that is missing, nil of one that is there, and why
	// nothing is known of another. Errors are store.ErrUnavailable.
	missing map[string]error
}

// init has it that nothing is known of these.
func (a *aliases) init(names []string) {
	a.missing = map[string]error{}
	for _, name := range names {
		a.missing[name] = unavailable(fmt.Errorf("it is not known yet whether an index has the alias %s", name))
	}
}

// find returns why nothing can be read by any of these.
func (a *aliases) find(names ...string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range names {
		if err := a.missing[name]; err != nil {
			return err
		}
	}
	return nil
}

// note remembers whether an alias is there, or why the server does not say it. Then what
// it said before holds, unless it does not let us ask: then the alias counts as there, and
// so does one of which nothing is known when the answer says that it will never be said.
func (a *aliases) note(name string, there bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.missing[name]
	known := before == nil || errors.As(before, new(aliasError))
	switch {
	case err == nil && !there:
		before = unavailable(aliasError(name))
	case err == nil, forbidden(err):
		before = nil
	case known:
	case errors.Is(err, store.ErrUnavailable):
		before = fmt.Errorf("it is not known whether an index has the alias %s: %w", name, err)
	default:
		before = nil
	}
	a.missing[name] = before
}

// checkAliases asks the server for the aliases that are needed, and logs which are missing.
// Who has an alias is asked in the way that needs no right but to read.
func (s *Store) checkAliases(ctx context.Context) {
	a, needed := &s.link.aliases, s.names.needed()
	limited, cancel := context.WithTimeout(ctx, aliasTime)
	defer cancel()
	for _, alias := range needed {
		there, err := s.client.hasAlias(limited, alias)
		if ctx.Err() != nil {
			return
		}
		if err != nil && limited.Err() != nil {
			err = unavailable(fmt.Errorf("no answer within %v", aliasTime))
		}
		a.note(alias, there, err)
	}
	err := a.find(needed...)
	if worse, better := a.told.Note(err); worse {
		s.log.Warn("not all that is stored can be read", "error", err)
	} else if better {
		s.log.Info("all that is stored can be read again")
	}
}

// hasAlias asks whether an index has this alias. A server that does not say which indices
// have one is believed to have it.
func (c *client) hasAlias(ctx context.Context, alias string) (bool, error) {
	b, err := c.call(ctx, request{
		method: http.MethodGet, path: "/" + alias + "/_field_caps",
		query: "fields=_id&ignore_unavailable=true&allow_no_indices=true",
	})
	if err != nil {
		return false, err
	}
	var caps struct {
		Indices []string `json:"indices"` // nil if the server does not say it
	}
	if err := json.Unmarshal(b, &caps); err != nil {
		return false, unavailable(fmt.Errorf("the answer about an alias cannot be read: %w", err))
	}
	return caps.Indices == nil || len(caps.Indices) > 0, nil
}

// lacks returns why the alias among names to read that is needed cannot be read by. That
// no shards have answered says so. When they may be those of the archive, which is named
// behind it, it is what the server said when it was last asked.
func (s *Store) lacks(read string, shards int) error {
	alias, _, more := strings.Cut(read, ",")
	switch {
	case !slices.Contains(s.names.needed(), alias):
		return nil
	case shards == 0:
		return unavailable(aliasError(alias))
	case !more:
		return nil
	}
	return s.link.aliases.find(alias)
}
