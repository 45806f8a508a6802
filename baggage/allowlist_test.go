// SPDX-License-Identifier: Apache-2.0

package baggage

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAllowList(t *testing.T) {
	keys := map[string]int{"a": 10, "b": 0}
	for _, tt := range []struct {
		o    AllowListOptions
		want string
	}{
		{AllowListOptions{}, "10 true, 2048 true, 2048 true"},
		{AllowListOptions{DenyUnknown: true}, "10 true, 2048 true, 0 false"},
		{AllowListOptions{DefaultLength: 5}, "10 true, 5 true, 5 true"},
		{AllowListOptions{DefaultLength: 5, DenyUnknown: true}, "10 true, 5 true, 0 false"},
	} {
		l, err := NewAllowList(keys, tt.o)
		if err != nil {
			t.Fatal(err)
		}
		keys["c"] = 1 // the list does not change any more
		var got []string
		for _, key := range []string{"a", "b", "c"} {
			n, ok := l.Allowed("svc", key)
			got = append(got, fmt.Sprint(n, ok))
		}
		delete(keys, "c")
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%+v: %s, want %s", tt.o, s, tt.want)
		}
	}
	if n, ok := new(AllowList).Allowed("svc", "k"); n != 0 || ok {
		t.Error("the zero value allows something")
	}
	_, err := NewAllowList(map[string]int{"": 1, "k": -1, "good": 1}, AllowListOptions{DefaultLength: -2})
	want := `baggage: invalid option: DefaultLength -2 is negative
baggage: invalid option: an empty key
baggage: invalid option: length -1 of key "k" is negative`
	if !errors.Is(err, ErrInvalidOption) || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}
