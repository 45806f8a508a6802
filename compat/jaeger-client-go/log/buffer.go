// SPDX-License-Identifier: Apache-2.0

package log

import (
	"bytes"
	"fmt"
	"sync"
)

// BytesBufferLogger keeps messages in memory, one a line, until Flush. The zero value
// is empty and ready. It may be used from several goroutines, and must not be copied.
type BytesBufferLogger struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Error implements Logger. The line begins with "ERROR: ".
func (l *BytesBufferLogger) Error(msg string) { l.write("ERROR: " + msg + "\n") }

// Infof implements Logger. The line begins with "INFO: ".
func (l *BytesBufferLogger) Infof(msg string, args ...interface{}) {
	l.write("INFO: " + fmt.Sprintf(msg, args...) + "\n")
}

// Debugf implements DebugLogger. The line begins with "DEBUG: ".
func (l *BytesBufferLogger) Debugf(msg string, args ...interface{}) {
	l.write("DEBUG: " + fmt.Sprintf(msg, args...) + "\n")
}

// write appends a line, which is formatted before the lock is taken: a String method
// may log.
func (l *BytesBufferLogger) write(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.WriteString(line)
}

// String returns what was logged since the last Flush.
func (l *BytesBufferLogger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Flush forgets what was logged.
func (l *BytesBufferLogger) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Reset()
}
