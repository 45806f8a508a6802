// SPDX-License-Identifier: Apache-2.0

package errtype

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

func TestAs(t *testing.T) {
	want := &fs.PathError{Op: "open", Err: errors.New("no")}
	for _, err := range []error{want, fmt.Errorf("x: %w", want), errors.Join(errors.New("y"), fmt.Errorf("x: %w", want))} {
		if got, ok := As[*fs.PathError](err); got != want || !ok {
			t.Errorf("%v: %v, %v", err, got, ok)
		}
	}
	for _, err := range []error{nil, errors.New("no")} {
		if got, ok := As[*fs.PathError](err); got != nil || ok {
			t.Errorf("%v: %v, %v", err, got, ok)
		}
	}
}
