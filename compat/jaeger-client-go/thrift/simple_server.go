// SPDX-License-Identifier: Apache-2.0

package thrift

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// ErrAbandonRequest is what a handler returns to end the connection without an answer.
var ErrAbandonRequest = errors.New("request abandoned")

// ServerConnectivityCheckInterval is how often generated processors look whether the
// client of a request is still there; they do not if it is not above 0.
var ServerConnectivityCheckInterval = 5 * time.Millisecond

// TSimpleServer answers clients, each in a goroutine of its own.
type TSimpleServer struct {
	processors       TProcessorFactory
	server           TServerTransport
	inputTransports  TTransportFactory
	outputTransports TTransportFactory
	inputProtocols   TProtocolFactory
	outputProtocols  TProtocolFactory

	forward []string // keys of headers that handlers' own calls send
	logger  Logger

	mu      sync.Mutex
	stopped bool
	clients map[TTransport]struct{} // being answered
	done    sync.WaitGroup
}

// NewTSimpleServer2 returns a server of the binary protocol.
func NewTSimpleServer2(processor TProcessor, serverTransport TServerTransport) *TSimpleServer {
	return NewTSimpleServerFactory2(NewTProcessorFactory(processor), serverTransport)
}

// NewTSimpleServer4 returns a server.
func NewTSimpleServer4(processor TProcessor, serverTransport TServerTransport, transportFactory TTransportFactory, protocolFactory TProtocolFactory) *TSimpleServer {
	return NewTSimpleServerFactory4(NewTProcessorFactory(processor), serverTransport, transportFactory, protocolFactory)
}

// NewTSimpleServer6 returns a server that may read and write differently.
func NewTSimpleServer6(processor TProcessor, serverTransport TServerTransport, inputTransportFactory, outputTransportFactory TTransportFactory, inputProtocolFactory, outputProtocolFactory TProtocolFactory) *TSimpleServer {
	return NewTSimpleServerFactory6(NewTProcessorFactory(processor), serverTransport,
		inputTransportFactory, outputTransportFactory, inputProtocolFactory, outputProtocolFactory)
}

// NewTSimpleServerFactory2 is like [NewTSimpleServer2], with a processor for each client.
func NewTSimpleServerFactory2(processorFactory TProcessorFactory, serverTransport TServerTransport) *TSimpleServer {
	return NewTSimpleServerFactory4(processorFactory, serverTransport, NewTTransportFactory(), NewTBinaryProtocolFactoryDefault())
}

// NewTSimpleServerFactory4 is like [NewTSimpleServer4], with a processor for each client.
func NewTSimpleServerFactory4(processorFactory TProcessorFactory, serverTransport TServerTransport, transportFactory TTransportFactory, protocolFactory TProtocolFactory) *TSimpleServer {
	return NewTSimpleServerFactory6(processorFactory, serverTransport, transportFactory, transportFactory, protocolFactory, protocolFactory)
}

// NewTSimpleServerFactory6 is like [NewTSimpleServer6], with a processor for each client.
func NewTSimpleServerFactory6(processorFactory TProcessorFactory, serverTransport TServerTransport, inputTransportFactory, outputTransportFactory TTransportFactory, inputProtocolFactory, outputProtocolFactory TProtocolFactory) *TSimpleServer {
	return &TSimpleServer{
		processors:       processorFactory,
		server:           serverTransport,
		inputTransports:  inputTransportFactory,
		outputTransports: outputTransportFactory,
		inputProtocols:   inputProtocolFactory,
		outputProtocols:  outputProtocolFactory,
		clients:          map[TTransport]struct{}{},
	}
}

// ProcessorFactory returns what the constructor got, or made.
func (s *TSimpleServer) ProcessorFactory() TProcessorFactory { return s.processors }

// ServerTransport returns what the constructor got.
func (s *TSimpleServer) ServerTransport() TServerTransport { return s.server }

// InputTransportFactory returns what the constructor got, or made.
func (s *TSimpleServer) InputTransportFactory() TTransportFactory { return s.inputTransports }

// OutputTransportFactory returns what the constructor got, or made.
func (s *TSimpleServer) OutputTransportFactory() TTransportFactory { return s.outputTransports }

// InputProtocolFactory returns what the constructor got, or made.
func (s *TSimpleServer) InputProtocolFactory() TProtocolFactory { return s.inputProtocols }

// OutputProtocolFactory returns what the constructor got, or made.
func (s *TSimpleServer) OutputProtocolFactory() TProtocolFactory { return s.outputProtocols }

// SetForwardHeaders sets the keys of the headers that handlers' own calls send on. It is
// for before Serve.
func (s *TSimpleServer) SetForwardHeaders(headers []string) {
	s.forward = append([]string(nil), headers...)
}

// SetLogger sets where failed requests are written, by default to stderr. It is for
// before Serve.
func (s *TSimpleServer) SetLogger(logger Logger) { s.logger = logger }

// Listen starts to listen.
func (s *TSimpleServer) Listen() error { return s.server.Listen() }

// Serve listens and answers clients until Stop. It returns an error if it cannot listen.
func (s *TSimpleServer) Serve() error {
	if err := s.Listen(); err != nil {
		return err
	}
	_ = s.AcceptLoop() // Stop and an error of Accept end it alike
	return nil
}

// AcceptLoop answers clients until Stop, when it returns nil, or until accepting fails.
func (s *TSimpleServer) AcceptLoop() error {
	for {
		client, err := s.server.Accept()
		if stopped := s.enter(client); stopped {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// enter begins to answer client, unless it is nil. It says whether the server stopped.
func (s *TSimpleServer) enter(client TTransport) (stopped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if client == nil {
		return s.stopped
	}
	if s.stopped {
		_ = client.Close() // nobody will
		return true
	}
	s.clients[client] = struct{}{}
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		defer s.leave(client)
		if err := s.answer(client); err != nil {
			s.log(fmt.Sprintf("error processing request: %v", err))
		}
	}()
	return false
}

func (s *TSimpleServer) leave(client TTransport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, client)
}

func (s *TSimpleServer) log(text string) {
	if s.logger == nil {
		StdLogger(nil)(text)
		return
	}
	s.logger(text)
}

// Stop ends Serve, closes the clients and waits for their goroutines.
func (s *TSimpleServer) Stop() error {
	s.mu.Lock()
	if s.stopped {
		s.mu.Unlock()
		return nil
	}
	s.stopped = true
	_ = s.server.Interrupt()
	for client := range s.clients {
		_ = client.Close() // ends a read that waits
	}
	s.mu.Unlock()
	s.done.Wait()
	return nil
}

func (s *TSimpleServer) isStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

// answer answers the requests of one client. A handler that panics ends it with an error.
func (s *TSimpleServer) answer(client TTransport) (err error) {
	defer func() {
		if r := recover(); r != nil {
			_ = client.Close()
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	in, err := s.inputTransports.GetTransport(client)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // nobody waits for more
	input := s.inputProtocols.GetProtocol(in)
	output := input
	if _, ok := input.(*THeaderProtocol); !ok {
		out, err := s.outputTransports.GetTransport(client)
		if err != nil {
			return err
		}
		defer out.Close() //nolint:errcheck // each answer was flushed
		output = s.outputProtocols.GetProtocol(out)
	}
	processor := s.processors.GetProcessor(client)
	for more := true; more && err == nil && !s.isStopped(); {
		more, err = s.answerOne(processor, client, input, output)
	}
	if isEnd(err) || s.isStopped() {
		return nil
	}
	return err
}

// answerOne answers one request. It says whether there may be more.
func (s *TSimpleServer) answerOne(processor TProcessor, client TTransport, input, output TProtocol) (more bool, err error) {
	ctx := SetResponseHelper(context.Background(), TResponseHelper{NewTHeaderResponseHelper(output)})
	if p, ok := input.(*THeaderProtocol); ok {
		if err := p.ReadFrame(ctx); err != nil {
			return false, err
		}
		ctx = SetWriteHeaderList(AddReadTHeaderToContext(ctx, p.GetReadHeaders()), s.forward)
	}
	ok, exception := processor.Process(ctx, input, output)
	var application TApplicationException
	switch {
	case exception == nil:
		return ok, nil
	case errors.Is(exception, ErrAbandonRequest):
		return false, client.Close()
	case errors.As(exception, new(TTransportException)):
		return false, exception
	case errors.As(exception, &application) && application.TypeId() == UNKNOWN_METHOD:
		return true, nil
	default:
		return ok, nil
	}
}

// isEnd says whether err is the end of a client's requests.
func isEnd(err error) bool {
	var e TTransportException
	return errors.Is(err, io.EOF) || (errors.As(err, &e) && e.TypeId() == END_OF_FILE)
}
