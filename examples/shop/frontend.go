// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opentracing/opentracing-go/ext"
	"google.golang.org/grpc/status"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurhttp"
)

// frontend is what customers talk to.
type frontend struct {
	tracer  *spur.Tracer
	luck    *luck
	stock   stockClient
	store   string
	payment string
	orders  chan<- order
}

var browser = spurhttp.Client(nil) // its requests are spans, and carry the trace on

// get returns what a URL answers, which other answers than 200 are errors of.
func get(ctx context.Context, method, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", err
	}
	resp, err := browser.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, strings.TrimSpace(string(body)))
	}
	return string(body), err
}

func (f *frontend) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /checkout", func(w http.ResponseWriter, r *http.Request) {
		span := spur.SpanFromContext(r.Context())
		w.Header().Set("Trace-Id", span.SpanContext().TraceID().String())
		span.SetBaggageItem("customer", r.FormValue("customer")) // goes with the trace, to every service below
		total, err := f.checkout(r.Context())
		if err != nil {
			span.SetError(err)
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		span.SetInt("order.cents", total)
		fmt.Fprintf(w, "thank you, that is %d cents", total)
	})
	return mux
}

// checkout reserves what is in the cart, charges for it and has it delivered.
func (f *frontend) checkout(ctx context.Context) (cents int, err error) {
	items, err := f.readCart(ctx)
	if err != nil {
		return 0, err
	}
	if err := f.reserve(ctx, items); err != nil {
		return 0, err
	}
	if cents, err = f.price(ctx, items); err != nil {
		return 0, err
	}
	if err := f.charge(ctx, cents); err != nil {
		return 0, err
	}
	return cents, f.publish(ctx, items)
}

func (f *frontend) readCart(ctx context.Context) ([]string, error) {
	ctx, span := f.tracer.Start(ctx, "read cart")
	defer span.Finish()
	text, err := get(ctx, http.MethodGet, f.store+"/carts/"+span.BaggageItem("customer"))
	if err != nil {
		span.SetError(err)
		return nil, err
	}
	items := strings.Fields(text)
	if f.luck.bad(12) {
		items = append(items, "gold") // nobody has any
	}
	span.SetInt("cart.items", len(items))
	return items, nil
}

// reserve asks the stock for all items at once.
func (f *frontend) reserve(ctx context.Context, items []string) error {
	ctx, span := f.tracer.Start(ctx, "reserve items")
	defer span.Finish()
	errs := make([]error, len(items))
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() {
			if err := f.stock.reserve(ctx, item); err != nil {
				errs[i] = fmt.Errorf("%s: %s", item, status.Convert(err).Message())
			}
		})
	}
	wg.Wait()
	err := errors.Join(errs...)
	span.SetError(err)
	return err
}

// price asks for one price after the other, which is slower than it need be.
func (f *frontend) price(ctx context.Context, items []string) (cents int, err error) {
	ctx, span := f.tracer.Start(ctx, "add up prices")
	defer span.Finish()
	for _, item := range items {
		text, err := get(ctx, http.MethodGet, f.store+"/prices/"+item)
		if err != nil {
			span.SetError(err)
			return 0, err
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			span.SetError(err)
			return 0, err
		}
		cents += n
	}
	return cents, nil
}

// charge tries three times.
func (f *frontend) charge(ctx context.Context, cents int) error {
	ctx, span := f.tracer.Start(ctx, "charge card")
	defer span.Finish()
	span.SetInt("cents", cents)
	var err error
	for attempt := 1; attempt <= 3; attempt++ {
		if attempt > 1 {
			pause := time.Duration(attempt) * 8 * time.Millisecond
			span.LogKV("event", "retry", "attempt", attempt, "after", pause.String(), "because", err.Error())
			time.Sleep(pause)
		}
		if _, err = get(ctx, http.MethodPost, fmt.Sprintf("%s/charge?cents=%d", f.payment, cents)); err == nil {
			span.SetInt("attempts", attempt)
			return nil
		}
	}
	span.SetInt("attempts", 3).SetError(err)
	return err
}

// publish puts the order into the queue. The trace goes along, in its headers.
func (f *frontend) publish(ctx context.Context, items []string) error {
	_, span := f.tracer.Start(ctx, "send orders", ext.SpanKindProducer)
	defer span.Finish()
	o := order{items: items, headers: map[string]string{}}
	if err := o.inject(f.tracer, span); err != nil {
		return err
	}
	select {
	case f.orders <- o:
		return nil
	default:
		err := errors.New("the queue of orders is full")
		span.SetError(err)
		return err
	}
}
