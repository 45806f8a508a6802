// SPDX-License-Identifier: Apache-2.0

package mock_opentracing_test

import (
	"fmt"

	"github.com/golang/mock/gomock"

	"github.com/uber/jaeger-client-go/log/zap/mock_opentracing"
)

// reporter fails an example that a testing.T would fail.
type reporter struct{}

func (reporter) Errorf(format string, args ...interface{}) { fmt.Printf(format+"\n", args...) }
func (reporter) Fatalf(format string, args ...interface{}) { fmt.Printf(format+"\n", args...) }

func ExampleNewMockTracer() {
	ctrl := gomock.NewController(reporter{})
	defer ctrl.Finish()
	tracer := mock_opentracing.NewMockTracer(ctrl)
	span := mock_opentracing.NewMockSpan(ctrl)
	tracer.EXPECT().StartSpan("order").Return(span)
	span.EXPECT().SetTag("user", 7).Return(span)
	span.EXPECT().Finish()

	s := tracer.StartSpan("order")
	s.SetTag("user", 7).Finish()
	fmt.Println("as expected")
	// Output:
	// as expected
}
