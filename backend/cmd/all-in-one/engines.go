// SPDX-License-Identifier: Apache-2.0

//go:build engines

package main

import "github.com/go-spur/spur/backend/store/engines"

// opened opens the stores that need servers of their own.
var opened = engines.Open
