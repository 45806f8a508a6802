// SPDX-License-Identifier: Apache-2.0

// Traced is hello with a tracer.
package main

import (
	"encoding/json"
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
		if err != nil {
			fmt.Fprintln(w, err)
			return
		}
		defer resp.Body.Close()
		var name string
		err = json.NewDecoder(resp.Body).Decode(&name)
		fmt.Fprintln(w, "hello", name, err)
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
