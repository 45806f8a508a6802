// SPDX-License-Identifier: Apache-2.0

package transport_test

import (
	"os"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

func TestMain(m *testing.M) { os.Exit(spurtest.Main(m)) }
