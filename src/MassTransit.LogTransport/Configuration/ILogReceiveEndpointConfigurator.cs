namespace MassTransit;

/// <summary>
/// Configures a receive endpoint: one consumer group, named like the endpoint, over the endpoint's own topic and the topics of
/// the message types its consumers handle.
/// </summary>
public interface ILogReceiveEndpointConfigurator :
    IReceiveEndpointConfigurator
{
    /// <summary>Where the endpoint starts to read message topics it has never read. Default: the bus' setting. Its own topic is always read from the first record.</summary>
    /// <param name="position">The position.</param>
    void StartFrom(StartPosition position);

    /// <summary>Which records wait for each other. Default <see cref="MassTransit.DeliveryOrder.Key" />.</summary>
    DeliveryOrder DeliveryOrder { set; }

    /// <summary>
    /// Records that may be handled at once within one lane of the delivery order, from 1. Default 1; an endpoint with batch consumers
    /// takes its largest batch, since a batch is one unit of work. More than 1 gives up the order within a key.
    /// </summary>
    int ConcurrentDeliveryLimit { set; }

    /// <summary>
    /// Records a partition may run ahead of its oldest unfinished record before it is paused, from 1. It bounds what is seen twice after a
    /// crash. Default 10 000.
    /// </summary>
    int MaxUncommittedRecords { set; }

    /// <summary>
    /// Also read <paramref name="topic" />, for records of other producers: see the transport's delivery notes on how a record
    /// without type headers is matched to a handler.
    /// </summary>
    /// <param name="topic">A topic name without the prefix of the host.</param>
    /// <exception cref="ConfigurationException">The name is not a legal topic name.</exception>
    void Subscribe(string topic);

    /// <summary>On start, move the group to the end of every partition it reads; records before it are left to other readers.</summary>
    bool PurgeOnStartup { set; }

    /// <summary>
    /// Exactly once from this endpoint's topics to those its consumers write: what they publish, send, respond, delay and schedule through their context, with their faults and what is moved to the error and
    /// skipped topics, is written in Kafka transactions together with the offsets of what they consumed. Readers that read <c>read_committed</c>, as all endpoints of this transport do, see each
    /// output once, whatever fails. What consumers do elsewhere, also with <c>IBus</c> or a request client, is not part of it and may happen again. Default: off.
    /// </summary>
    /// <param name="configure">How transactions are cut.</param>
    /// <exception cref="ConfigurationException">When the bus is built: the endpoint has no consumer group (temporary, or with an instance id), has batch or job consumers, or its consumer reads <c>read_uncommitted</c>.</exception>
    void UseKafkaTransactions(Action<ILogTransactionConfigurator>? configure = null);
}
