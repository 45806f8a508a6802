// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"net/http"

	"github.com/go-spur/spur"
)

// paymentHandler charges cards. One time in three its bank does not answer.
func paymentHandler(tracer *spur.Tracer, luck *luck) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /charge", func(w http.ResponseWriter, r *http.Request) {
		_, span := tracer.Start(r.Context(), "check risk")
		luck.work(1, 4)
		span.SetString("customer", span.BaggageItem("customer")) // nobody passed it as a parameter
		span.SetFloat64("risk.score", float64(luck.between(0, 100))/100).Finish()

		_, span = tracer.Start(r.Context(), "ask bank")
		defer span.Finish()
		span.SetString("peer.service", "bank")
		if luck.bad(3) {
			luck.work(10, 25)
			span.SetError(errors.New("bank: connection reset by peer"))
			http.Error(w, "the bank does not answer", http.StatusServiceUnavailable)
			return
		}
		luck.work(4, 12)
	})
	return mux
}
