// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestUIConfig: the pages hear of the file's links, and the log of what else is in it.
// A file that is wrong is an error that says where.
func TestUIConfig(t *testing.T) {
	c := settings(t, "memory")
	write := func(name, text string) {
		c.UIConfig = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(c.UIConfig, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ui.json", `{"menu":[],"linkPatterns":[{"type":"tags","key":"k","url":"https://a.example/#{k}","text":"Logs"}]}`)
	var log bytes.Buffer
	s, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if code, text := get(t, "http://"+s.Addr(Query)+"/api/ui-config"); code != 200 || !strings.Contains(text, "https://a.example/#{k}") {
		t.Errorf("%d %s", code, text)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "settings=menu") {
		t.Error(log.String())
	}

	write("ui.JS", "function UIConfig() {}")
	log.Reset()
	if s, err = Start(t.Context(), c, Deps{Logger: slog.New(slog.NewTextHandler(&log, nil))}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "no JavaScript") || !strings.Contains(log.String(), "ui.JS") {
		t.Error(log.String())
	}

	for _, wrong := range []struct{ name, text, want string }{
		{"ui.json", `{"linkPatterns":[{"type":"tags","key":"k","url":"javascript:1","text":"x"}]}`, `ui.json: linkPatterns[0].url: "javascript:1": neither relative`},
		{"ui.json", "{\n", "ui.json: line 2: unexpected end"},
		{"ui.json", strings.Repeat(" ", maxUIConfig+1), "ui.json: longer than 1048576 bytes"},
	} {
		write(wrong.name, wrong.text)
		if _, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), wrong.want) {
			t.Errorf("%.40q: %v, want %s", wrong.text, err, wrong.want)
		}
	}
	c.UIConfig = filepath.Join(t.TempDir(), "none.json")
	if _, err := Start(t.Context(), c, Deps{Logger: slog.New(slog.DiscardHandler)}); err == nil || !strings.Contains(err.Error(), "none.json") {
		t.Error(err)
	}
}
