// SPDX-License-Identifier: Apache-2.0

// Package faultnet is a network in memory that fails on command, for tests. Its
// types stand in for the Dial and Resolver options of the transports:
//
//   - Network is a set of addresses; its Dial opens datagram sockets and streams.
//   - Peer (Network.Listen) takes datagrams, or refuses, loses or stalls them.
//   - Resolver knows names, which move.
//   - Conn is one end of a stream: bounded buffers, deadlines, reset.
//   - HTTPPeer (Network.ListenHTTP) is an HTTP server that does with each request
//     what a Behaviour says, from Healthy to RedirectLoop, and keeps the books that
//     a sender's own can be compared with.
//
// A collector that is overloaded once, and then answers:
//
//	var nw faultnet.Network
//	collector := nw.ListenHTTP("collector:4318")
//	defer collector.Close()
//	collector.Next(faultnet.Status(503).Header("Retry-After", "2"))
//	client := &http.Client{Transport: &http.Transport{DialContext: nw.Dial}}
//	…
//	for _, r := range collector.Requests() {
//		fmt.Println(r.Time, r.Path, len(r.Body), r.Accepted)
//	}
//
// Nothing in it opens a socket, all waiting is for channels, condition variables
// and timers, and chance comes from a seed: so it runs inside testing/synctest. Only
// HTTPPeer starts goroutines, and its Close waits for them. A Network and all that
// belongs to it must be made inside the bubble that uses it. All methods may be
// called from any goroutine.
package faultnet
