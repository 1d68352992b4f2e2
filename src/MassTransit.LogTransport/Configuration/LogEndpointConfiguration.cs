using MassTransit.Configuration;
using MassTransit.LogTransport.Serialization;

namespace MassTransit.LogTransport.Configuration;

internal class LogEndpointConfiguration :
    EndpointConfiguration
{
    protected LogEndpointConfiguration(LogTopologyConfiguration topology)
        : base(topology)
    {
        Topology = topology;

        var plainJson = new PlainJsonSerializerFactory();
        Serialization.AddSerializer(plainJson);
        Serialization.AddDeserializer(plainJson, isDefault: true);
    }

    private LogEndpointConfiguration(LogEndpointConfiguration parent, LogTopologyConfiguration topology, bool isBusEndpoint)
        : base(parent, topology, isBusEndpoint)
    {
        Topology = topology;
    }

    public new LogTopologyConfiguration Topology { get; }

    public LogEndpointConfiguration CreateEndpointConfiguration(bool isBusEndpoint = false)
    {
        return new LogEndpointConfiguration(this, new LogTopologyConfiguration(Topology), isBusEndpoint);
    }
}
