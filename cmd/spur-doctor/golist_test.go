// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestHostileGo runs programs in the place of the go command.
func TestHostileGo(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" {
		t.Skip("the programs are shell scripts")
	}
	for _, tc := range []struct {
		name, script string
		time         time.Duration // it is given
		want         string
	}{
		{"hangs", "exec sleep 60", 300 * time.Millisecond, "go list: no end within"},
		{"leaves a child that holds its output", "sleep 60 & wait", 300 * time.Millisecond, "go list: no end within"},
		{"does not end", `while :; do echo '{"ImportPath":"x"}'; done`, time.Minute, "go list: more than 50000 packages"},
		{"prints something else", "echo '[]'", time.Minute, "go list: json: cannot unmarshal array"},
		{"breaks off", "echo '{'", time.Minute, "go list: unexpected EOF"},
		{"complains without end", `i=0; while [ $i -lt 3000 ]; do echo "no, and again no" >&2; i=$((i+1)); done; printf '\033[31m' >&2; exit 3`, time.Minute, "go list: exit status 3: no, and again no no, and"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := write(t, "go", "#!/bin/sh\n"+tc.script+"\n")
			if err := os.Chmod(filepath.Join(dir, "go"), 0o700); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
			ctx, cancel := context.WithTimeout(context.Background(), tc.time)
			defer cancel()
			start := time.Now()
			_, err := goCommand{dir}.packages(ctx, []string{"./..."})
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) || len(err.Error()) > 2*maxText || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%v, want %q", err, tc.want)
			}
			if took := time.Since(start); took > tc.time+10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
