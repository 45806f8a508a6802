// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"fmt"
	"testing"

	"github.com/opentracing/opentracing-go"
	"go.uber.org/zap/zapcore"
)

func TestReferenceOfAnotherType(t *testing.T) {
	enc := zapcore.NewMapObjectEncoder()
	if err := enc.AddObject("ref", reference{Type: 7, ReferencedContext: opentracing.NoopTracer{}.StartSpan("x").Context()}); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(enc.Fields), "map[ref:map[type:unknown(7)]]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
