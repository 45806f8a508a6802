// SPDX-License-Identifier: Apache-2.0

// Package idl holds the Thrift definitions of what clients say to agents, collectors and
// sampling servers. The packages in thrift-gen are generated from them, by version 0.17.0
// of the Thrift compiler:
//
//	go generate ./idl
package idl

//go:generate ./generate.sh
