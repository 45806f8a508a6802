// SPDX-License-Identifier: Apache-2.0

package open_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-spur/spur/backend/store/open"
)

func ExampleOpen() {
	ctx := context.Background()
	s, err := open.Open(ctx, open.Config{Type: "memory"}, slog.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := s.Status(ctx)
	fmt.Println(status.Engine, err, s.Close())

	_, err = open.Open(ctx, open.Config{Type: "badger"}, slog.Default())
	fmt.Println(err)
	// Output:
	// memory <nil> <nil>
	// store "badger" is not known; these are: memory
}
