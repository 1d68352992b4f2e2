namespace MassTransit.LogTransport.Topology;

/// <summary>The standard consume topology with a topic name's length. Subscriptions are collected by the endpoint's builder.</summary>
internal sealed class LogConsumeTopology() :
    ConsumeTopology(TopicName.MaxLength);
