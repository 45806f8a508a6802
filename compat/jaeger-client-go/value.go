// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"fmt"

	"github.com/go-spur/spur/model"
)

// spurValue freezes the value of a sampler's tag.
func spurValue(v interface{}) model.Value {
	switch v := v.(type) {
	case string:
		return model.String(v)
	case bool:
		return model.Bool(v)
	case float64:
		return model.Float64(v)
	case int:
		return model.Int64(int64(v))
	case int64:
		return model.Int64(v)
	}
	return model.String(fmt.Sprint(v))
}
