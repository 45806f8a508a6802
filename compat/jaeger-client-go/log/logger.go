// SPDX-License-Identifier: Apache-2.0

package log

// Logger takes the messages of a tracer and its parts. Its methods are called from
// several goroutines at once.
type Logger interface {
	// Error logs that something went wrong.
	Error(msg string)

	// Infof logs a message that fmt.Sprintf makes of its arguments.
	Infof(msg string, args ...interface{})
}

// DebugLogger is a Logger that also takes messages for those who look for a fault.
type DebugLogger interface {
	Logger

	// Debugf logs a message that fmt.Sprintf makes of its arguments.
	Debugf(msg string, args ...interface{})
}

var _, _, _ DebugLogger = StdLogger, NullLogger, (*BytesBufferLogger)(nil)

// DebugLogAdapter makes a DebugLogger of any Logger. One that has Debugf is returned
// as it is; another gets a line that says that debug logging is disabled, and the
// result drops what Debugf is given. Of nil it makes nil.
func DebugLogAdapter(logger Logger) DebugLogger {
	if logger == nil {
		return nil
	}
	if d, ok := logger.(DebugLogger); ok {
		return d
	}
	logger.Infof("debug logging disabled")
	return withoutDebug{logger}
}

// withoutDebug is a Logger with a Debugf that does nothing.
type withoutDebug struct{ Logger }

func (withoutDebug) Debugf(string, ...interface{}) {}
