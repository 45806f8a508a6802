// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package sampler

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestFile: it is rewritten, replaced, broken, removed and put back.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(dir, "strategies.json")
		write := func(to, text string) {
			t.Helper()
			if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write(path, strategiesFile)
		var log testLog
		f, err := NewFile("limited", path, FileOptions{Logger: log.logger()})
		if err != nil {
			t.Fatal(err)
		}
		check := func(want string) {
			t.Helper()
			<-time.After(12 * time.Second)
			synctest.Wait()
			if got := f.String(); got != "file("+want+" from "+path+")" {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if st := f.Status(); st.Fetched != 1 || st.Updated.IsZero() || st.Source != path || st.Type != "ratelimiting" || st.Param != 2.5 {
			t.Errorf("%+v", st)
		}
		check("ratelimiting(2.5)")
		if n := drain(f); n != 2 {
			t.Errorf("%d traces at once, want 2", n)
		}

		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		write(path, strings.Replace(strategiesFile, "2.5", "3.5", 1)) // the same size
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		check("ratelimiting(3.5)")

		write(path+".new", `{"default_strategy":{"type":"probabilistic","param":0.125}}`)
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		check("probabilistic(0.125)")
		if l := log.lines(); l != nil {
			t.Errorf("logged %q", l)
		}

		before := f.Status()
		write(path, "{")
		check("probabilistic(0.125)")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Hour)
		check("probabilistic(0.125)")
		if st := f.Status(); st.Fetched != before.Fetched || st.Failed < 300 || !strings.Contains(st.LastError, "no such file") || st.Updated != before.Updated {
			t.Errorf("%+v", st)
		}
		if l := log.lines(); len(l) != 1 || !strings.Contains(l[0], "level=WARN") || !strings.Contains(l[0], "cause=sampling_file from="+path) {
			t.Errorf("logged %q", l)
		}
		write(path, strategiesFile)
		check("ratelimiting(2.5)")
		if l := log.lines(); len(l) != 1 || !strings.Contains(l[0], "level=INFO") {
			t.Errorf("logged %q", l)
		}
		for range 2 {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
		fetched := f.Status().Fetched
		<-time.After(time.Hour)
		if st := f.Status(); st.Fetched != fetched {
			t.Errorf("read after Close: %+v", st)
		}
	})
}

// TestFileInterval: the file is read ten times a second at most.
func TestFileInterval(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strategies.json")
	if err := os.WriteFile(path, []byte(strategiesFile), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		f, err := NewFile("limited", path, FileOptions{ReloadInterval: 1, Logger: quietLogger()})
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(10 * time.Second)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if n := f.Status().Fetched; n < 90 || n > 113 {
			t.Errorf("read %d times in 10 s", n)
		}
	})
}
