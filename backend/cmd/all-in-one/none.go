// SPDX-License-Identifier: Apache-2.0

//go:build !engines

package main

import "github.com/go-spur/spur/backend/server"

// opened opens the stores that need servers of their own: none, to stay small.
var opened server.Engines
