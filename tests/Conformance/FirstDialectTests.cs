using System.Collections.Concurrent;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Conformance.Support;
using InTests = Broker.Testing.TestBroker;

namespace Conformance;

/// <summary>
/// The Java client where the second dialect of transactions is not finalized, as in a cluster that was upgraded from before 4.0: it
/// then speaks the first one, in versions that no other client sends.
/// </summary>
public sealed class FirstDialectTests(TestBroker broker)
{
    [Fact]
    public async Task the_transactional_message_copier_copies_each_record_once_in_the_first_dialect()
    {
        Tool.OnlyWhenLong();
        Assert.SkipWhen(broker.LogDirectory is null, "what is finalized is another cluster's own matter");
        await using var upgraded = await InTests.StartAsync(loggerFactory: SentRequests.OfThisRun);
        await upgraded.Server.Admin.CreateTopicAsync("source");
        await upgraded.Server.Admin.CreateTopicAsync("target");
        using (var producer = broker.Producer(config => config.BootstrapServers = upgraded.BootstrapServers))
            await Task.WhenAll(Enumerable.Range(0, 100).Select(i => producer.ProduceAsync("source", new() { Value = $"{i}" })));
        var (answer, software) = (await AnswerWithFirstDialectAsync(upgraded), "");
        using var finalized = upgraded.Control.On(ApiKey.ApiVersions).Where(r => r.ApiVersion >= 3).Answer((ApiVersionsRequest greeting) =>
        {
            software = $"{greeting.ClientSoftwareName} {greeting.ClientSoftwareVersion}";
            return answer;
        });
        var sent = new ConcurrentDictionary<(ApiKey Api, short Version), bool>();
        var watch = upgraded.Control.OnAny().Observe(request => sent[(request.ApiKey, request.ApiVersion)] = true);

        var copied = await Tool.KafkaAsync(
            null, "kafka-transactional-message-copier.sh", "--broker-list", upgraded.BootstrapServers, "--transactional-id", "copier",
            "--input-topic", "source", "--input-partition", "0", "--output-topic", "target", "--consumer-group", "copiers",
            "--max-messages", "100", "--transaction-size", "20", "--enable-random-aborts");
        watch.Dispose();
        Assert.StartsWith("apache-kafka-java ", software);
        foreach (var (api, version) in sent.Keys)
            SentRequests.OfThisRun.Add(api, version, software);
        using var consumer = broker.Consumer(
            "readers", config => (config.BootstrapServers, config.IsolationLevel) = (upgraded.BootstrapServers, Confluent.Kafka.IsolationLevel.ReadCommitted));
        consumer.Subscribe("target");

        Assert.Contains("\"totalProcessed\":100", copied);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), consumer.Take(100).Select(record => record.Message.Value));
        Assert.All(
            [(ApiKey.AddPartitionsToTxn, 3), (ApiKey.AddOffsetsToTxn, 4), (ApiKey.TxnOffsetCommit, 4), (ApiKey.EndTxn, 4)],
            step => Assert.Contains((step.Item1, (short)step.Item2), sent.Keys));
        Assert.DoesNotContain((ApiKey.EndTxn, (short)5), sent.Keys);
    }

    private static async Task<ApiVersionsResponse> AnswerWithFirstDialectAsync(InTests broker)
    {
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var greeting = new ApiVersionsRequest { ClientSoftwareName = "raw", ClientSoftwareVersion = "1" };
        var own = await client.AskAsync<ApiVersionsRequest, ApiVersionsResponse>(greeting, 4);
        var features = own.FinalizedFeatures
            .Select(f => f.Name == "transaction.version" ? new ApiVersionsResponse.FinalizedFeatureKey { Name = f.Name, MaxVersionLevel = 1, MinVersionLevel = 1 } : f)
            .ToList();
        return new()
        {
            ApiKeys = own.ApiKeys,
            SupportedFeatures = own.SupportedFeatures,
            FinalizedFeaturesEpoch = own.FinalizedFeaturesEpoch,
            FinalizedFeatures = features,
        };
    }
}
