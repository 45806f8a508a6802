// SPDX-License-Identifier: Apache-2.0

package log

import "log"

// StdLogger writes to the standard library's default logger. Errors begin with
// "ERROR: ", debug messages with "DEBUG: ".
var StdLogger = &stdLogger{}

type stdLogger struct{}

func (*stdLogger) Error(msg string) { log.Printf("ERROR: %s", msg) } //nolint:forbidigo // it is the standard logger

func (*stdLogger) Infof(msg string, args ...interface{}) { log.Printf(msg, args...) } //nolint:forbidigo // it is the standard logger

func (*stdLogger) Debugf(msg string, args ...interface{}) { log.Printf("DEBUG: "+msg, args...) } //nolint:forbidigo // it is the standard logger

// NullLogger drops every message.
var NullLogger = &nullLogger{}

type nullLogger struct{}

func (*nullLogger) Error(string) {}

func (*nullLogger) Infof(string, ...interface{}) {}

func (*nullLogger) Debugf(string, ...interface{}) {}
