// SPDX-License-Identifier: Apache-2.0

package thrift

import "context"

// TProcessor answers the messages of a service.
type TProcessor interface {
	Process(ctx context.Context, in, out TProtocol) (bool, TException)
	ProcessorMap() map[string]TProcessorFunction
	AddToProcessorMap(string, TProcessorFunction)
}

// TProcessorFunction answers the messages of one method.
type TProcessorFunction interface {
	Process(ctx context.Context, seqId int32, in, out TProtocol) (bool, TException)
}

// TProcessorFactory chooses the processor of a client.
type TProcessorFactory interface {
	GetProcessor(trans TTransport) TProcessor
}

// TProcessorFunctionFactory chooses the processor function of a client.
type TProcessorFunctionFactory interface {
	GetProcessorFunction(trans TTransport) TProcessorFunction
}

type processorFactory struct{ processor TProcessor }

// NewTProcessorFactory returns a factory that chooses p for every client.
func NewTProcessorFactory(p TProcessor) TProcessorFactory { return processorFactory{p} }

func (f processorFactory) GetProcessor(TTransport) TProcessor { return f.processor }

type processorFunctionFactory struct{ function TProcessorFunction }

// NewTProcessorFunctionFactory returns a factory that chooses p for every client.
func NewTProcessorFunctionFactory(p TProcessorFunction) TProcessorFunctionFactory {
	return processorFunctionFactory{p}
}

func (f processorFunctionFactory) GetProcessorFunction(TTransport) TProcessorFunction {
	return f.function
}
