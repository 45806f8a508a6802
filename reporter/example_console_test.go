// SPDX-License-Identifier: Apache-2.0

package reporter_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/go-spur/spur/model"
	"github.com/go-spur/spur/reporter"
)

func ExampleNewConsole() {
	console, err := reporter.NewConsole(os.Stdout, reporter.ConsoleOptions{Width: 90, ASCII: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	// A tracer reports spans as they finish: what is below comes first.
	orders := &model.Process{Service: "orders"}
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	report := func(id, parent model.SpanID, operation string, from, to time.Duration, logs []model.Log, tags ...model.Tag) {
		console.Report(&model.Span{
			Context:   model.Context{TraceID: model.TraceID{Low: 0xabc}, SpanID: id, ParentID: parent},
			Operation: operation, Start: begin.Add(from).UnixNano(), Duration: to - from,
			Tags: tags, Logs: logs, Process: orders,
		})
	}
	declined := []model.Log{{Time: begin.Add(11 * time.Millisecond).UnixNano(), Fields: []model.Tag{
		{Key: "event", Value: model.String("error")}, {Key: "message", Value: model.String("card declined")},
	}}}
	report(2, 1, "reserve", time.Millisecond, 5*time.Millisecond, nil, model.Tag{Key: "item", Value: model.String("tea")})
	report(3, 1, "charge", 5*time.Millisecond, 11*time.Millisecond, declined,
		model.Tag{Key: "cents", Value: model.Int64(1250)}, model.Tag{Key: "error", Value: model.Bool(true)})
	report(1, 0, "POST /checkout", 0, 12*time.Millisecond, nil,
		model.Tag{Key: "span.kind", Value: model.String("server")}, model.Tag{Key: "component", Value: model.String("net/http")},
		model.Tag{Key: "http.status_code", Value: model.Int64(402)}, model.Tag{Key: "customer", Value: model.String("ada")})

	if err := console.Close(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// orders: POST /checkout  12ms  trace 0000000000000abc
	// ! error in charge: "card declined"
	//        +0s |==================| POST /checkout  12ms  customer=ada span.kind=server
	//                                   | component=net/http http.status_code=402
	//       +1ms | ======           |   reserve  4ms  item=tea
	// !     +5ms |       =========  |   charge  6ms  error=true cents=1250
	//                                     @6ms  event=error message="card declined"
}
