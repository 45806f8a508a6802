// SPDX-License-Identifier: Apache-2.0

// Package thrift is the Thrift runtime of the generated packages in thrift-gen, with the
// API of Apache Thrift 0.14.1 that jaeger-client-go carries. It has no dependency, so that
// a program keeps the version of github.com/apache/thrift that it chose.
//
// What it reads may be hostile: a string, a container or a frame that claims to be longer
// than TConfiguration allows, or than what the transport still has, is an error before
// memory is taken for it.
package thrift
