using System.Diagnostics.Metrics;

namespace Broker.Diagnostics;

/// <summary>How far groups are behind, under the names of the exporter that most people put beside Kafka for it.</summary>
internal sealed class GroupMetrics(Meter meter, Func<IReadOnlyList<GroupDescription>> groups)
{
    public void Register()
    {
        ByOffset("lag", o => o.Lag, "Records from what a group has committed to the partition's end; -1 when the end is not known.");
        ByOffset("current.offset", o => o.CommittedOffset, "Offset of the record that a group reads next.");
        meter.CreateObservableGauge(
            "kafka.consumergroup.members", () => groups().Select(g => new Measurement<long>(g.Members.Count, Group(g.Id))), null, "Members of a group.");
    }

    private void ByOffset(string name, Func<GroupOffsetDescription, long> read, string description) => meter.CreateObservableGauge(
        $"kafka.consumergroup.{name}",
        () => from described in groups()
              from offset in described.Offsets
              select new Measurement<long>(
                  read(offset),
                  Group(described.Id),
                  new KeyValuePair<string, object?>("topic", offset.Topic),
                  new KeyValuePair<string, object?>("partition", offset.Partition)),
        null,
        description);

    private static KeyValuePair<string, object?> Group(string id) => new("consumergroup", id);
}
