// SPDX-License-Identifier: Apache-2.0

// Traced is hello with a tracer.
package main

import (
	"fmt"
	"net/http"

	"github.com/go-spur/spur"
)

func main() {
	tracer, err := spur.New("hello", spur.FromEnv())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tracer.Close()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		defer tracer.StartSpan("hello").Finish()
		resp, err := http.Get("http://localhost:8081/")
		fmt.Fprintln(w, "hello", resp, err)
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
