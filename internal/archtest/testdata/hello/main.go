// SPDX-License-Identifier: Apache-2.0

// Hello is a small service that serves, calls and reads JSON.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
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
