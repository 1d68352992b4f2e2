namespace MassTransit;

/// <summary>
/// Configures the part of a bus that keeps delayed and scheduled messages until they are due. They wait as records of one compacted topic, which
/// all buses of a prefix share; each bus takes a share of its partitions and delivers what is due there.
/// </summary>
public interface ILogSchedulerConfigurator
{
    /// <summary>
    /// Whether this bus delivers what is due. Default true. A bus that does not can still delay, schedule and cancel; some other bus with the same
    /// topic must run then, or nothing is delivered.
    /// </summary>
    bool Enabled { set; }

    /// <summary>The topic's name without the prefix of the host. Default <c>schedule</c>. All buses that share schedules must agree on it.</summary>
    /// <exception cref="ConfigurationException">The name is not a legal topic name.</exception>
    string Topic { set; }

    /// <summary>
    /// Partitions of the topic when this bus creates it, from 1: the number of buses that can share the work. Default 4. It must not grow while
    /// messages wait, since a message is cancelled in the partition that its token hashes to.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    int Partitions { set; }

    /// <summary>
    /// How many bytes of waiting messages are kept in memory, from 0. Of what is beyond, the latest due, only the place in the topic is remembered, about
    /// 250 bytes each. Default 64 MiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    long MaxBufferedBytes { set; }

    /// <summary>
    /// Whether a message is delivered and taken off the schedule in one Kafka transaction, so that it is delivered once whatever fails. Default false: it is
    /// delivered first, and may be delivered again, with the same message id, when the bus dies in between.
    /// </summary>
    bool UseTransactions { set; }
}
