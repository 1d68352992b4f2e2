namespace MassTransit;

/// <summary>Describes one topic. Partitions, replicas, retention and settings are used when this bus creates the topic and are ignored when it exists.</summary>
public interface ILogTopicConfigurator
{
    /// <summary>Number of partitions, from 1. Default: the bus' <see cref="ILogBusFactoryConfigurator.DefaultPartitions" />, else the broker's <c>num.partitions</c>.</summary>
    /// <param name="count">The number.</param>
    /// <returns>This topic.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    ILogTopicConfigurator Partitions(int count);

    /// <summary>Number of replicas, from 1. Default: the broker's <c>default.replication.factor</c>.</summary>
    /// <param name="count">The number.</param>
    /// <returns>This topic.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    ILogTopicConfigurator Replicas(short count);

    /// <summary>How long records are kept at least (<c>retention.ms</c>). Default: the broker's.</summary>
    /// <param name="time">More than zero, or <see cref="Timeout.InfiniteTimeSpan" /> for ever.</param>
    /// <returns>This topic.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Zero or less.</exception>
    ILogTopicConfigurator Retention(TimeSpan time);

    /// <summary>Keep the last record of each key for ever and drop older ones (<c>cleanup.policy=compact</c>).</summary>
    /// <returns>This topic.</returns>
    ILogTopicConfigurator Compacted();

    /// <summary>Any topic setting by its Kafka name. A later call wins.</summary>
    /// <param name="name">For instance <c>min.insync.replicas</c>.</param>
    /// <param name="value">The value as text.</param>
    /// <returns>This topic.</returns>
    ILogTopicConfigurator Setting(string name, string value);

    /// <summary>
    /// What the values of records that are published to this topic are, whatever serializer the bus or the endpoint writes with otherwise; a serializer that is set on the send
    /// context of one message wins. Readers need no setting: they go by the content type of the record.
    /// </summary>
    /// <param name="body">The form.</param>
    /// <returns>This topic.</returns>
    ILogTopicConfigurator Body(RecordBody body);

    /// <summary>
    /// Records of <typeparamref name="T" /> are written to and read from this topic.
    /// </summary>
    /// <param name="key">
    /// Takes the record's key from a message: records of equal key keep their order. Only writers need one. An explicit
    /// partition key on the send context wins over it; a null result means that there is no key by this rule.
    /// </param>
    /// <typeparam name="T">A message type. Types it implements keep their own topics.</typeparam>
    /// <returns>This topic.</returns>
    /// <exception cref="ConfigurationException">Another topic carries the type already.</exception>
    ILogTopicConfigurator Carries<T>(Func<T, string?>? key = null)
        where T : class;
}
