// SPDX-License-Identifier: Apache-2.0

package sqlite

import (
	"testing"
	"time"

	"github.com/go-spur/spur/backend/trace"
)

// Traces behind a page are not read when nobody wants their number.
func TestUncounted(t *testing.T) {
	s := openTest(t, Config{})
	for id := uint64(1); id <= 10; id++ {
		if err := s.Write(t.Context(), some(id, 100)); err != nil {
			t.Fatal(err)
		}
	}
	q, err := trace.Parse(`"op"`, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	q.Limit = 2
	for uncounted, want := range map[bool]int{true: 200, false: 1000} {
		q.Uncounted = uncounted
		page, err := s.Search(t.Context(), q)
		if err != nil || len(page.Traces) != 2 || page.Cursor == "" || page.AtLeast != uncounted || page.Scanned != want {
			t.Errorf("uncounted %t: %d spans read, not %d: %+v, %v", uncounted, page.Scanned, want, page, err)
		}
	}
}
