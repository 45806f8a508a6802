// SPDX-License-Identifier: Apache-2.0

package faultnet_test

import (
	"io"
	"log"
	"os"
	"testing"

	"github.com/go-spur/spur/spurtest"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http's client tells of surplus bytes there
	os.Exit(spurtest.Main(m))
}
