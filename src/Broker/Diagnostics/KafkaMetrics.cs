using System.Diagnostics.Metrics;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>
/// Gauges and counters of what the broker holds, under the names that Kafka's JMX beans have in Prometheus, so that dashboards made
/// for Kafka find them. All are read off the broker when somebody asks; keeping them costs a request nothing.
/// </summary>
internal sealed class KafkaMetrics(Meter meter, TopicCatalog topics, Traffic fetched)
{
    public void Register()
    {
        RegisterTraffic();
        RegisterLogs();
        Gauge("kafka.controller.kafkacontroller.globaltopiccount", () => topics.All.Count, "Topics.");
        Gauge("kafka.controller.kafkacontroller.globalpartitioncount", () => Partitions.Count(), "Partitions of all topics.");
        Gauge(
            "kafka.controller.kafkacontroller.offlinepartitionscount",
            () => Partitions.Count(p => p.Log is null or { IsReadOnly: true }),
            "Partitions that take no records because their log could not be opened or has failed.");
        Gauge("kafka.controller.kafkacontroller.activecontrollercount", () => 1, "This broker is its own controller.");
        meter.CreateObservableGauge(
            "kafka.server.delayedoperationpurgatory.purgatorysize",
            () => new Measurement<long>(Partitions.Sum(p => (long)p.DelayedFetches.Count), new KeyValuePair<string, object?>("delayedOperation", "Fetch")),
            "{partition}",
            "Partitions that fetches wait for; one that waits for several counts for each.");
    }

    private IEnumerable<Partition> Partitions => topics.All.SelectMany(t => t.Partitions);

    private void RegisterTraffic()
    {
        ByTopic("messagesin", "{message}", t => t.Partitions.Sum(p => p.Appended.Records), "Records appended, by topic.");
        // Kafka's names have no unit, and a unit would come into the name.
        ByTopic("bytesin", null, t => t.Partitions.Sum(p => p.Appended.Bytes), "Bytes of record batches appended, by topic.");
        meter.CreateObservableCounter(
            "kafka.server.brokertopicmetrics.bytesout",
            () => fetched.Describe(id => topics.TryFind(id, out var topic) ? topic.Name : null).Select(t => new Measurement<long>(t.Bytes, Topic(t.Topic))),
            null,
            "Bytes of records in answers, by topic.");
    }

    private void RegisterLogs()
    {
        ByLog("size", log => log.SizeInBytes, "Bytes of a partition's segments.");
        ByLog("logstartoffset", log => log.LogStartOffset, "Offset of a partition's first record.");
        ByLog("logendoffset", log => log.LogEndOffset, "Offset of a partition's next record.");
        ByLog("numlogsegments", log => log.SegmentCount, "Segments of a partition.");
    }

    private void ByTopic(string name, string? unit, Func<Topic, long> read, string description) => meter.CreateObservableCounter(
        $"kafka.server.brokertopicmetrics.{name}", () => topics.All.Select(t => new Measurement<long>(read(t), Topic(t.Name))), unit, description);

    private void ByLog(string name, Func<Storage.PartitionLog, long> read, string description) => meter.CreateObservableGauge(
        $"kafka.log.log.{name}",
        () => from partition in Partitions
              let log = partition.Log
              where log is not null
              select new Measurement<long>(read(log), Topic(partition.Topic), new KeyValuePair<string, object?>("partition", partition.Index)),
        null,
        description);

    private void Gauge(string name, Func<long> read, string description) => meter.CreateObservableGauge(name, read, null, description);

    private static KeyValuePair<string, object?> Topic(string name) => new("topic", name);
}
