// SPDX-License-Identifier: Apache-2.0

package server

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-spur/spur/backend/query"
)

// uiConfig reads the file of the pages' settings, if there is one, and warns of
// what has no effect in it. JavaScript, which Jaeger takes too, has none.
func (s *Server) uiConfig() (c query.UIConfig, err error) {
	name := s.config.UIConfig
	if name == "" {
		return c, nil
	}
	if strings.EqualFold(filepath.Ext(name), ".js") {
		s.log.Warn("the settings of the pages have no effect: only JSON is read, and no JavaScript", "file", name)
		return c, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return c, fmt.Errorf("settings of the pages: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxUIConfig+1))
	if err == nil && len(text) > maxUIConfig {
		err = fmt.Errorf("longer than %d bytes", maxUIConfig)
	}
	var ignored []string
	if err == nil {
		c, ignored, err = query.ParseUIConfig(text)
	}
	if err != nil {
		return c, fmt.Errorf("settings of the pages: %s: %w", name, err)
	}
	if more := len(ignored) - mostIgnored; more > 0 {
		ignored = append(ignored[:mostIgnored], fmt.Sprintf("%d more", more))
	}
	if ignored != nil {
		s.log.Warn("these settings of the pages have no effect here", "file", name, "settings", strings.Join(ignored, ", "))
	}
	return c, nil
}
