// SPDX-License-Identifier: Apache-2.0

// Shop is five small services in one program, for traces worth looking at: a
// frontend and a payment service over HTTP, a stock over gRPC, a store that is
// sometimes slow, and a delivery that takes orders from a queue.
//
//	go run .                 one order, drawn as a tree
//	go run . -load 5         five orders a second, until Ctrl-C
//	go run . -load 5 -slow   the same when the store's prices have lost their index
//
// Spans go to the agent at localhost:6831; those of one order only when something
// shows traces at localhost:16686, as the all-in-one of backend/cmd/all-in-one
// does. They go where -to says, udp://host:6831 or http://host:4318/v1/traces say.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"time"

	"github.com/go-spur/spur"
	"github.com/go-spur/spur/spurtest"
)

const (
	agentURL = "udp://localhost:6831"
	uiAddr   = "localhost:16686"
	// With this seed the first order meets a lock in the store and a bank that does
	// not answer at once.
	worthLooking = 27
)

func main() {
	slog.SetLogLoggerLevel(slog.LevelWarn) // at level Info tracers say how they are configured
	perSecond := flag.Float64("load", 0, "orders a `second`; 0 is one order, which is drawn")
	period := flag.Duration("for", 0, "how long the load lasts; 0 is until Ctrl-C")
	to := flag.String("to", "", "`URL` that spans are sent to")
	seed := flag.Uint64("seed", worthLooking, "of what goes wrong: the same each time for the same seed")
	slow := flag.Bool("slow", false, "the store finds prices slowly, as if an index were missing")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *perSecond != 0 {
		err = runLoad(ctx, os.Stdout, *seed, *slow, cmp.Or(*to, agentURL), *perSecond, *period)
	} else {
		if *to == "" && listens(ctx, uiAddr) {
			*to = agentURL
		}
		err = runOnce(ctx, os.Stdout, *seed, *slow, *to)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// runOnce buys once and draws the trace. It also goes to an address, unless that
// is "".
func runOnce(ctx context.Context, out io.Writer, seed uint64, slow bool, to string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	agent, err := spurtest.StartAgent(spurtest.AgentOptions{})
	if err != nil {
		return err
	}
	defer agent.Close()
	opts := []spur.Option{spur.SampleAll(), spur.FromEnv(), agent.Option()}
	if to != "" {
		opts = append(opts, spur.WithEndpoint(to))
	}
	s, err := openShop(seed, slow, opts...)
	if err != nil {
		return err
	}
	answer, traceID, err := s.buy(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The shop says: %s\n\n", answer)
	closed := s.close(ctx)
	if closed != nil {
		fmt.Fprintln(out, closed) // how many spans were lost, and why
	}
	if err := agent.Wait(ctx, s.sentTo(agent.Addr())); err != nil {
		fmt.Fprintln(out, err)
	}
	fmt.Fprintln(out, agent.Tree())
	fmt.Fprintf(out, "%d spans\n", agent.Received())
	switch {
	case to == "" || closed != nil:
	case to == agentURL:
		fmt.Fprintf(out, "\nLook at it: http://%s/trace/%s\n", uiAddr, traceID)
	default:
		fmt.Fprintf(out, "\nTrace %s went to %s\n", traceID, to)
	}
	return nil
}

// runLoad buys perSecond times a second.
func runLoad(ctx context.Context, out io.Writer, seed uint64, slow bool, to string, perSecond float64, period time.Duration) error {
	if !(perSecond >= 0.001 && perSecond <= 1000) { // nor NaN
		return fmt.Errorf("-load=%v: not from 0.001 to 1000 orders a second", perSecond)
	}
	s, err := openShop(seed, slow, spur.SampleAll(), spur.FromEnv(), spur.WithEndpoint(to))
	if err != nil {
		return err
	}
	if period > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, period)
		defer cancel()
	}
	fmt.Fprintf(out, "%v orders a second, to %s", perSecond, to)
	if to == agentURL {
		fmt.Fprintf(out, ". Look at them: http://%s/?q=service:frontend", uiAddr)
	}
	fmt.Fprintln(out)
	bought, failed := s.load(ctx, perSecond)
	ended, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err = s.close(ended)
	finished, sent, dropped := s.count()
	fmt.Fprintf(out, "%d orders, %d refused; %d spans finished, %d sent, %d dropped\n", bought, failed, finished, sent, dropped)
	return err
}

// listens reports whether a server takes connections at address.
func listens(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}
