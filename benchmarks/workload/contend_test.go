// SPDX-License-Identifier: Apache-2.0

package workload

import (
	"testing"
	"time"
)

func TestWaited(t *testing.T) {
	const profile = `--- mutex:
cycles/second=2000000000
sampling period=1
3000000 13 @ 0x4d9ea0 0x4d9e53
#	0x4d9e9f	sync.(*Mutex).Unlock+0x5f	/go/src/sync/mutex.go:65
#	0x4d9e9e	sync.(*Mutex).unlockSlow+0x5f	/go/src/sync/mutex.go:66
#	0x4d9e52	main.f+0x12		/src/main.go:3

1000000 1 @ 0x4893c5
#	0x4893c4	main.f+0x84	/src/main.go:206
`
	for function, want := range map[string]time.Duration{"sync.(*Mutex)": 1500 * time.Microsecond, "main.f+": 2 * time.Millisecond, "main.other": 0} {
		if got, err := waited(profile, function); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", function, got, err, want)
		}
	}
	if _, err := waited("--- mutex:\n", "f"); err == nil {
		t.Error("a profile without a unit is read")
	}
}
