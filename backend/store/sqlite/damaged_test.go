// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/trace"
)

// Errors of a damaged file name it and say what to do.
func TestDamaged(t *testing.T) {
	wants := func(err error, path string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), path+" is damaged: stop the program") {
			t.Errorf("error %v", err)
		}
	}
	s := openTest(t, Config{})
	if err := s.Write(t.Context(), some(1, 100)); err != nil {
		t.Fatal(err)
	}
	if err := s.w.exec("UPDATE block SET body = x'ff'"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Trace(t.Context(), traceID(1), trace.Window{})
	wants(err, s.path)

	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), Config{Dir: dir}, slog.New(slog.DiscardHandler))
	wants(err, path)
}

// What a start reads again it does not write again: the disk may be full.
func TestLoadWritesNothing(t *testing.T) {
	s := openTest(t, Config{})
	if err := s.Write(t.Context(), some(1, 100)); err != nil {
		t.Fatal(err)
	}
	changes := func() (n int) {
		if err := s.w.one("SELECT total_changes()", nil, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := changes()
	if err := s.w.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := changes() - before; n != 0 || len(s.w.dict.newKeys)+len(s.w.dict.newValues) > 0 {
		t.Errorf("%d rows were written, and %d keys and %d values are to be", n, len(s.w.dict.newKeys), len(s.w.dict.newValues))
	}
}

// Numbers of keys that are gone are given again when there are no others.
func TestKeyNumbers(t *testing.T) {
	d := newDictionary()
	d.key("a")
	d.nextID = lastKey
	last, b := d.key("last"), d.key("b")
	if last.id != lastKey || b == nil || b.id != firstKey+1 {
		t.Errorf("numbers %v, %v", last, b)
	}
}
