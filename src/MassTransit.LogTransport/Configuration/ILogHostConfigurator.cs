namespace MassTransit;

/// <summary>Settings of the connection to the brokers.</summary>
public interface ILogHostConfigurator
{
    /// <summary>
    /// Put in front of every topic and group name of this bus, for instance <c>staging.</c>, so that several environments can
    /// share one cluster. Default: nothing.
    /// </summary>
    /// <param name="prefix">Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <exception cref="ConfigurationException">Another character.</exception>
    void Prefix(string prefix);

    /// <summary>
    /// The application's name: instances of the same name share one reply topic, <c>{name}-replies</c>, and write it to the
    /// header <c>producer</c>. Default: the name of the entry assembly in kebab case.
    /// </summary>
    /// <param name="name">Letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <exception cref="ConfigurationException">Another character, or empty.</exception>
    void ApplicationName(string name);

    /// <summary>Longest time to learn from the brokers whether they are there before a connection attempt counts as failed. Default 5 s. A connection has half of it, 1 to 30 s, for each step of its set-up.</summary>
    /// <param name="timeout">More than zero.</param>
    void ConnectTimeout(TimeSpan timeout);

    /// <summary>Longest time a send may wait for the broker's acknowledgement, outages included, before it fails. Default 60 s.</summary>
    /// <param name="timeout">More than zero.</param>
    void SendTimeout(TimeSpan timeout);

    /// <summary>
    /// Shares partitions by Kafka's newer group protocol (KIP-848, <c>group.protocol=consumer</c>), in which the broker assigns them and only those that move are given up.
    /// Apache Kafka has it since 4.0. It counts for every endpoint and for the schedule; groups change over by themselves when their last member of the other protocol has left.
    /// Session and heartbeat are the broker's settings then; <c>session.timeout.ms</c> and its like are left out.
    /// </summary>
    void UseConsumerProtocol();

    /// <summary>
    /// Makes this process a static member of the groups of its endpoints (<c>group.instance.id</c>): an endpoint that stops and comes back within <c>session.timeout.ms</c>, because of a
    /// kill switch, a failure or a deployment, has the same partitions, and no other process takes them or notices. What it leaves for good waits for as long. With <see cref="UseConsumerProtocol" /> the time is the broker's
    /// <c>group.consumer.session.timeout.ms</c>. Default: not.
    /// </summary>
    /// <param name="id">A name that no other process of the application has, and this one has again after a restart; letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <exception cref="ConfigurationException">Another character, or empty.</exception>
    void GroupInstanceId(string id);

    /// <summary>
    /// Sets one property of the underlying client by its librdkafka name, for every client of this bus: security, sockets and the like.
    /// Properties that carry the delivery guarantee (<c>acks</c>, <c>enable.idempotence</c>, <c>enable.auto.commit</c>,
    /// <c>enable.auto.offset.store</c>, <c>auto.offset.reset</c>, <c>group.id</c>) are refused.
    /// </summary>
    /// <param name="name">For instance <c>security.protocol</c>.</param>
    /// <param name="value">The value as text.</param>
    /// <exception cref="ConfigurationException">The property carries the delivery guarantee.</exception>
    void ClientSetting(string name, string value);

    /// <summary>As <see cref="ClientSetting" />, for consumers only, for instance <c>session.timeout.ms</c>.</summary>
    /// <param name="name">The librdkafka name.</param>
    /// <param name="value">The value as text.</param>
    /// <exception cref="ConfigurationException">The property carries the delivery guarantee.</exception>
    void ConsumerSetting(string name, string value);

    /// <summary>As <see cref="ClientSetting" />, for the producer only, for instance <c>linger.ms</c> or <c>compression.type</c>.</summary>
    /// <param name="name">The librdkafka name.</param>
    /// <param name="value">The value as text.</param>
    /// <exception cref="ConfigurationException">The property carries the delivery guarantee.</exception>
    void ProducerSetting(string name, string value);
}
