// SPDX-License-Identifier: Apache-2.0

package zap

import (
	"go.uber.org/zap"

	"github.com/uber/jaeger-client-go/log"
)

var _ log.DebugLogger = (*Logger)(nil)

// Logger is a zap logger that a tracer can be given.
type Logger struct {
	logger *zap.SugaredLogger
}

// NewLogger returns a Logger that writes to a zap logger.
func NewLogger(logger *zap.Logger) *Logger { return &Logger{logger.Sugar()} }

// Error implements log.Logger.
func (l *Logger) Error(msg string) { l.logger.Error(msg) }

// Infof implements log.Logger.
func (l *Logger) Infof(msg string, args ...interface{}) { l.logger.Infof(msg, args...) }

// Debugf implements log.DebugLogger.
func (l *Logger) Debugf(msg string, args ...interface{}) { l.logger.Debugf(msg, args...) }
