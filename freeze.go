// SPDX-License-Identifier: Apache-2.0

package spur

import "github.com/go-spur/spur/model"

// Freeze returns what SetTag makes of a value under the default Limits: data that nothing
// can change any more, for the tags of a sampler or a reporter. It runs the value's String
// or Error method, which may panic.
func Freeze(v any) model.Value { return nowhere.freezer().Value(v) }
