// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-spur/spur/backend/trace"
)

// The file does not grow beyond its size when each span has a long name of its
// own.
func TestNamesBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("17 s under the race detector, and nothing that meets")
	}
	const maxBytes = 16 << 20
	s := openTest(t, Config{MaxBytes: maxBytes})
	for i := range 60 {
		td := some(uint64(i+1), 500)
		n := 0
		for span := range trace.Spans(td) {
			span.SetName(strings.Repeat("x", 500) + fmt.Sprint(i*500+n))
			n++
		}
		if err := s.Write(t.Context(), td); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(s.path)
	if err != nil || info.Size() > maxBytes*5/4 {
		t.Errorf("%d bytes of %d, %v", info.Size(), maxBytes, err)
	}
	if status, err := s.Status(t.Context()); err != nil || status.Spans < 4000 {
		t.Errorf("%+v, %v", status, err)
	}
}
