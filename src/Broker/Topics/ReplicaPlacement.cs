using System.Globalization;
using Broker.Protocol;

namespace Broker.Topics;

/// <summary>Where replicas may lie: one of each partition, on this broker.</summary>
internal sealed class ReplicaPlacement(int nodeId)
{
    /// <param name="factor">Replicas of each partition, -1 for as many as the broker makes.</param>
    /// <exception cref="TopicFaultException">That many cannot be had.</exception>
    public void CheckFactor(short factor)
    {
        if (factor is 1 or -1)
            return;

        throw new TopicFaultException(
            ErrorCode.InvalidReplicationFactor,
            factor < 1
                ? "Replication factor must be larger than 0, or -1 to use the default value."
                : string.Create(CultureInfo.InvariantCulture, $"Replication factor {factor} cannot be reached: there is one broker, {nodeId}."));
    }

    /// <param name="brokers">Where the replicas of one partition are to lie.</param>
    /// <exception cref="TopicFaultException">They cannot lie there.</exception>
    public void Check(IReadOnlyList<int> brokers)
    {
        if (brokers.Count == 0)
            throw Refused("The manual partition assignment includes an empty replica list.");
        foreach (var broker in brokers)
        {
            if (broker != nodeId)
                throw Refused(string.Create(CultureInfo.InvariantCulture, $"The manual partition assignment includes broker {broker}, but no such broker is registered."));
        }

        if (brokers.Count > 1)
            throw Refused(string.Create(CultureInfo.InvariantCulture, $"The manual partition assignment includes the broker {nodeId} more than once."));
    }

    public static TopicFaultException Refused(string message) => new(ErrorCode.InvalidReplicaAssignment, message);
}
