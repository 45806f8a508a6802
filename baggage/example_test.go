// SPDX-License-Identifier: Apache-2.0

package baggage_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/baggage"
	"github.com/go-spur/spur/spurtest"
)

func ExampleNewAllowList() {
	list, err := baggage.NewAllowList(map[string]int{"tenant": 8}, baggage.AllowListOptions{DenyUnknown: true})
	if err != nil {
		fmt.Println(err)
	}
	tracer, spans := spurtest.New(nil, spur.WithBaggageRestrictions(list))
	defer tracer.Close()

	s := tracer.StartSpan("order")
	s.SetBaggageItem("tenant", "acme incorporated")
	s.SetBaggageItem("password", "hunter2")
	fmt.Printf("%q %q\n", s.BaggageItem("tenant"), s.BaggageItem("password"))
	s.Finish()

	fmt.Print(spans.Tree(spurtest.WithoutTimes()))
	cut := tracer.Stats().Cut
	fmt.Println(cut.Values, "cut,", cut.Baggage, "refused")
	// Output:
	// "acme inc" ""
	// order
	//   @ event=baggage key=tenant value="acme inc" truncated="true"
	//   @ event=baggage key=password length=7 invalid="true"
	// 1 cut, 1 refused
}

func ExampleNewRemote() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `[{"baggageKey": "tenant", "maxValueLength": 8}]`)
	}))
	defer server.Close()

	list, err := baggage.NewRemote("orders", baggage.RemoteOptions{
		Endpoint: server.URL, DenyUntilFetched: true,
	})
	if err != nil {
		fmt.Println(err)
	}
	tracer, _ := spurtest.New(nil, spur.WithBaggageRestrictions(list))
	defer tracer.Close() // closes list, too

	for list.Status().Fetched == 0 {
		<-time.After(time.Millisecond)
	}
	s := tracer.StartSpan("order")
	s.SetBaggageItem("tenant", "acme").SetBaggageItem("password", "hunter2")
	fmt.Printf("%q %q\n", s.BaggageItem("tenant"), s.BaggageItem("password"))
	// Output: "acme" ""
}
