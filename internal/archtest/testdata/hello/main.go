// SPDX-License-Identifier: Apache-2.0

// Hello is the smallest service that serves and calls.
package main

import (
	"fmt"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		resp, err := http.Get("http://localhost:8081/")
		fmt.Fprintln(w, "hello", resp, err)
	})
	fmt.Println(http.ListenAndServe(":8080", nil))
}
