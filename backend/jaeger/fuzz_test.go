// SPDX-License-Identifier: Apache-2.0

package jaeger

import (
	"reflect"
	"testing"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/go-spur/spur/model"
)

// FuzzTags: both ways to fill a map are the same.
func FuzzTags(f *testing.F) {
	f.Add("a", "b", int64(-1), 0.5, true)
	f.Add("a", "a", int64(1)<<62, 0.0, false)
	f.Add("\xff", "", int64(0), -1e300, true)
	f.Fuzz(func(t *testing.T, key, other string, i int64, d float64, b bool) {
		tags := []model.Tag{
			{Key: other, Value: model.Int64(i)},
			{Key: key + other + "d", Value: model.Float64(d)},
			{Key: key + other + "t", Value: model.Bool(b)},
			{Key: key + other + "s", Value: model.String(other)},
			{Key: key + other + "y", Value: model.BytesString(key)},
		}
		first := model.Tag{Key: key, Value: model.String(key)}
		one, two := pcommon.NewMap(), pcommon.NewMap()
		PutTags(one, first, tags)
		decodeTags(two, append([]model.Tag{first}, tags...))
		if !reflect.DeepEqual(tagsOf(one), tagsOf(two)) || one.Len() != 1+len(tags) {
			t.Fatalf("%v\n%v", attributes(one), attributes(two))
		}
	})
}
