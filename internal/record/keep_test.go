// SPDX-License-Identifier: Apache-2.0

package record

import (
	"reflect"
	"testing"

	"github.com/go-spur/spur/model"
)

// What is kept of a span is not touched when its record is used again.
func TestKeepAllocs(t *testing.T) {
	f := newFreezer(Limits{LogsPerSpan: 3})
	r := f.NewRecord()
	r.SetTag("k", model.Int64(1))
	for i := range int64(4) {
		r.AddLog(i, []model.Tag{{Key: "n", Value: model.Int64(i)}})
	}
	var before, after model.Span
	r.Fill(&before)
	before = *before.Clone()
	kept := r.Keep()
	r.Release()
	other := f.NewRecord()
	other.SetTag("other", model.Int64(2))
	other.AddLog(9, []model.Tag{{Key: "other", Value: model.Int64(9)}})
	kept.Fill(&after)
	if !kept.Closed() || !reflect.DeepEqual(before, after) || after.DroppedLogs != 1 || len(after.Logs) != 3 {
		t.Errorf("kept %+v of %+v", after, before)
	}
	if n := testing.AllocsPerRun(100, func() { r := f.NewRecord(); r.SetTag("k", model.Int64(1)); r.Keep(); r.Release() }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}
