// SPDX-License-Identifier: Apache-2.0

// Package faultnet is a network in memory that fails on command, for tests. Its
// types stand in for the Dial and Resolver options of the transports:
//
//	var nw faultnet.Network
//	var names faultnet.Resolver
//	names.Set("agent", "10.0.0.1")
//	agent := nw.Listen("10.0.0.1:6831")
//	u, err := transport.NewUDP("agent:6831", transport.UDPOptions{Dial: nw.Dial, Resolver: &names})
//
// Nothing in it starts a goroutine or opens a socket, all waiting is for channels
// and timers, and chance comes from a seed: so it runs inside testing/synctest and
// does the same every time. All methods may be called from any goroutine.
package faultnet
