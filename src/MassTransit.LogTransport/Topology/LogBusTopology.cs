using MassTransit.Configuration;
using MassTransit.Transports;

namespace MassTransit.LogTransport.Topology;

internal sealed class LogBusTopology(IHostConfiguration hostConfiguration, ITopologyConfiguration topologyConfiguration) :
    BusTopology(hostConfiguration, topologyConfiguration);
