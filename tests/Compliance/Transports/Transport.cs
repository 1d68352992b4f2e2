namespace Compliance.Transports;

/// <summary>What the suite runs over.</summary>
public enum Transport
{
    OurBroker,
    ApacheKafka,
    InMemory,
    RabbitMq,
}
