using System.Diagnostics.Metrics;
using Broker.Topics;

namespace Broker.Diagnostics;

/// <summary>
/// Gauges and counters of what the broker holds, under the names that Kafka's JMX beans have in Prometheus, so that dashboards made
/// for Kafka find them. All are read off the broker when somebody asks; keeping them costs a request nothing.
/// </summary>
internal sealed class KafkaMetrics(Meter meter, TopicCatalog topics)
{
    /// <summary>Kafka's names have no unit, and a unit would come into the name.</summary>
    private static readonly (TopicCounter Counter, string Name, string Description)[] OfTopics =
    [
        (TopicCounter.MessagesIn, "messagesin", "Records appended, by topic and of all."),
        (TopicCounter.BytesIn, "bytesin", "Bytes of record batches appended, by topic and of all."),
        (TopicCounter.BytesOut, "bytesout", "Bytes of records in answers, by topic and of all."),
        (TopicCounter.BytesRejected, "bytesrejected", "Bytes of record batches refused as too large, by topic and of all."),
        (TopicCounter.ProduceRequests, "totalproducerequests", "Produce requests, once for each partition in them, by topic and of all."),
        (TopicCounter.FailedProduceRequests, "failedproducerequests", "Produce requests, once for each partition in them, that were refused or failed, by topic and of all."),
        (TopicCounter.FetchRequests, "totalfetchrequests", "Fetch requests, once for each partition in them, by topic and of all."),
        (TopicCounter.FailedFetchRequests, "failedfetchrequests", "Fetch requests, once for each partition in them, that were refused or failed, by topic and of all."),
    ];

    private IEnumerable<Partition> Partitions => topics.All.SelectMany(t => t.Partitions);

    /// <summary>Their log could not be opened or has failed.</summary>
    private int Offline => Partitions.Count(p => p.Log is null or { IsReadOnly: true });

    public void Register()
    {
        foreach (var (counter, name, description) in OfTopics)
            ByTopic(counter, name, description);
        RegisterLogs();
        RegisterReplicas();
        Gauge("kafka.controller.kafkacontroller.globaltopiccount", () => topics.All.Count, "Topics.");
        Gauge("kafka.controller.kafkacontroller.globalpartitioncount", () => Partitions.Count(), "Partitions of all topics.");
        Gauge("kafka.controller.kafkacontroller.offlinepartitionscount", () => Offline, "Partitions that take no records because their log could not be opened or has failed.");
        Gauge("kafka.controller.kafkacontroller.activecontrollercount", () => 1, "This broker is its own controller.");
        meter.CreateObservableGauge(
            "kafka.server.delayedoperationpurgatory.purgatorysize",
            () => new Measurement<long>(Partitions.Sum(p => (long)p.DelayedFetches.Count), new KeyValuePair<string, object?>("delayedOperation", "Fetch")),
            "{partition}",
            "Partitions that fetches wait for; one that waits for several counts for each.");
    }

    /// <summary>One of each, here. So a partition that is served is led, in sync and at its least number of replicas.</summary>
    private void RegisterReplicas()
    {
        Replicas("partitioncount", () => Partitions.Count(), "Partitions.");
        Replicas("leadercount", () => Partitions.Count(p => p.IsOnline), "Partitions that are served.");
        Replicas("offlinereplicacount", () => Offline, "Partitions that take no records because their log could not be opened or has failed.");
        Replicas("underreplicatedpartitions", () => 0, "None: a partition has one replica.");
        Replicas("underminisrpartitioncount", () => Offline, "Partitions that take no records: their one replica is not in service.");
        Gauge(
            "kafka.log.logmanager.offlinelogdirectorycount", () => Partitions.Any(p => p.Log is { IsReadOnly: true }) ? 1 : 0,
            "1 once a write or an fsync in the data directory has failed, and the broker was not started again since.");
    }

    private void RegisterLogs()
    {
        ByLog("size", log => log.SizeInBytes, "Bytes of a partition's segments.");
        ByLog("logstartoffset", log => log.LogStartOffset, "Offset of a partition's first record.");
        ByLog("logendoffset", log => log.LogEndOffset, "Offset of a partition's next record.");
        ByLog("numlogsegments", log => log.SegmentCount, "Segments of a partition.");
    }

    /// <summary>The series without a topic is that of all, as from Kafka.</summary>
    private void ByTopic(TopicCounter counter, string name, string description) => meter.CreateObservableCounter(
        $"kafka.server.brokertopicmetrics.{name}",
        () => topics.All.Select(t => new Measurement<long>(t.Partitions.Sum(p => p.Counts[counter]), Topic(t.Name))).Append(new(topics.Counts[counter])),
        null,
        description);

    private void ByLog(string name, Func<Storage.PartitionLog, long> read, string description) => meter.CreateObservableGauge(
        $"kafka.log.log.{name}",
        () => from partition in Partitions
              let log = partition.Log
              where log is not null
              select new Measurement<long>(read(log), Topic(partition.Topic), new KeyValuePair<string, object?>("partition", partition.Index)),
        null,
        description);

    private void Replicas(string name, Func<long> read, string description) => Gauge($"kafka.server.replicamanager.{name}", read, description);

    private void Gauge(string name, Func<long> read, string description) => meter.CreateObservableGauge(name, read, null, description);

    private static KeyValuePair<string, object?> Topic(string name) => new("topic", name);
}
