// SPDX-License-Identifier: Apache-2.0

package thrift

// TConfigurationSetter takes a configuration.
type TConfigurationSetter interface {
	SetTConfiguration(*TConfiguration)
}

// PropagateTConfiguration sets cfg in impl, if cfg is not nil and impl takes one.
func PropagateTConfiguration(impl interface{}, cfg *TConfiguration) {
	if cfg == nil || cfg.noPropagation {
		return
	}
	if s, ok := impl.(TConfigurationSetter); ok {
		s.SetTConfiguration(cfg)
	}
}

type transportFactoryConf struct {
	factory TTransportFactory
	conf    *TConfiguration
}

// TTransportFactoryConf returns a factory that sets conf in what delegate makes.
func TTransportFactoryConf(delegate TTransportFactory, conf *TConfiguration) TTransportFactory {
	return &transportFactoryConf{delegate, conf}
}

func (f *transportFactoryConf) GetTransport(below TTransport) (TTransport, error) {
	trans, err := f.factory.GetTransport(below)
	if err != nil {
		return trans, err
	}
	PropagateTConfiguration(below, f.conf)
	PropagateTConfiguration(trans, f.conf)
	return trans, nil
}

func (f *transportFactoryConf) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(f.factory, conf)
	f.conf = conf
}

type protocolFactoryConf struct {
	factory TProtocolFactory
	conf    *TConfiguration
}

// TProtocolFactoryConf returns a factory that sets conf in what delegate makes.
func TProtocolFactoryConf(delegate TProtocolFactory, conf *TConfiguration) TProtocolFactory {
	return &protocolFactoryConf{delegate, conf}
}

func (f *protocolFactoryConf) GetProtocol(trans TTransport) TProtocol {
	protocol := f.factory.GetProtocol(trans)
	PropagateTConfiguration(trans, f.conf)
	PropagateTConfiguration(protocol, f.conf)
	return protocol
}

func (f *protocolFactoryConf) SetTConfiguration(conf *TConfiguration) {
	PropagateTConfiguration(f.factory, conf)
	f.conf = conf
}
