namespace MassTransit;

/// <summary>Configures a bus whose messages travel as records of a partitioned log that speaks the Kafka protocol.</summary>
public interface ILogBusFactoryConfigurator :
    IBusFactoryConfigurator<ILogReceiveEndpointConfigurator>
{
    /// <summary>Names the brokers. Without a call, <c>localhost:9092</c>.</summary>
    /// <param name="bootstrapServers">One or more <c>host:port</c>, separated by commas; any of them leads to the others.</param>
    /// <param name="configure">Settings of the connection.</param>
    /// <exception cref="ConfigurationException">The list is empty or an entry is not <c>host:port</c>.</exception>
    void Host(string bootstrapServers, Action<ILogHostConfigurator>? configure = null);

    /// <summary>
    /// Describes a topic: the message types it carries, how a record's key is taken from each, and what the topic is created
    /// with. Calls for the same name add up. A type that no topic carries has a topic of its own name.
    /// </summary>
    /// <param name="name">Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, at most 249, without the prefix of the host.</param>
    /// <param name="configure">The description.</param>
    /// <exception cref="ConfigurationException">The name is not a legal topic name, or a type is already carried by another topic.</exception>
    void Topic(string name, Action<ILogTopicConfigurator> configure);

    /// <summary>Where endpoints start to read message topics they have never read. Default <see cref="StartPosition.Latest" />. An endpoint's own setting wins.</summary>
    /// <param name="position">The position.</param>
    void StartFrom(StartPosition position);

    /// <summary>What is done about missing topics. Default <see cref="TopicDeployment.Create" />.</summary>
    /// <param name="deployment">The choice for every topic of this bus.</param>
    void Deploy(TopicDeployment deployment);

    /// <summary>Partitions of a topic that no <see cref="Topic" /> describes, from 1. Default: the broker's <c>num.partitions</c>.</summary>
    /// <param name="count">The number of partitions.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    void DefaultPartitions(int count);

    /// <summary>
    /// Configures how delayed and scheduled messages are kept and delivered. Without a call every bus does its share, from the moment the schedule's topic
    /// exists.
    /// </summary>
    /// <param name="configure">Sets what differs from the defaults.</param>
    void Scheduler(Action<ILogSchedulerConfigurator> configure);
}
