// SPDX-License-Identifier: Apache-2.0

package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-spur/spur/wire"
)

// ThriftMessages returns what real clients sent, from the folder testdata of the
// backend, of which the test's package is a folder.
func ThriftMessages(t testing.TB) (out []*wire.Message) {
	t.Helper()
	files, err := filepath.Glob("../testdata/thrift/*.bin")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		m := new(wire.Message)
		switch {
		case strings.HasPrefix(name, "broken"):
			continue
		case strings.Contains(name, "-compact-"):
			m, err = wire.DecodeCompactMessage(b)
		case strings.Contains(name, "-binary-"):
			m, err = wire.DecodeBinaryMessage(b)
		default:
			var batch *wire.Batch
			if batch, err = wire.DecodeBinaryBatch(b); err == nil {
				m.Batch = *batch
			}
		}
		if err != nil {
			t.Fatal(f, err)
		}
		out = append(out, m)
	}
	return out
}
