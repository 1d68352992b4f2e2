using Broker.Host.Tests.Support;

namespace Broker.Host.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task a_dashboard_made_for_Kafka_finds_its_names()
    {
        await using var rest = await RestBroker.StartAsync(o => o.OffsetsTopicNumPartitions = 1);
        using var client = await KafkaClient.ConnectAsync(rest.KafkaPort);
        await client.CreateTopicAsync("metrics-test", partitions: 2);
        var batch = Requests.Batch("1", "2", "3");
        await client.ProduceAsync("metrics-test", batch);
        await client.FetchAsync(Requests.Fetch("metrics-test", 0));
        await client.ProduceAsync("metrics-none", batch);
        await rest.PostAsync("/groups/metrics-group/offsets", """{"topic": "metrics-test", "partitions": [0], "offset": 1}""");

        var page = (await rest.Http.GetStringAsync("/metrics")).Split('\n');

        Assert.Contains("kafka_server_brokertopicmetrics_messagesin_total{topic=\"metrics-test\"} 3", page);
        Assert.Contains("kafka_server_brokertopicmetrics_messagesin_total 4", page);
        Assert.Contains("kafka_server_brokertopicmetrics_totalproducerequests_total{topic=\"metrics-test\"} 1", page);
        Assert.Contains("kafka_server_brokertopicmetrics_failedproducerequests_total{topic=\"metrics-test\"} 0", page);
        Assert.Contains("kafka_server_replicamanager_leadercount 3", page);
        Assert.Contains("kafka_server_socket_server_metrics_connection_count{listener=\"PLAINTEXT\"} 1", page);
        Assert.Contains($"kafka_server_brokertopicmetrics_bytesin_total{{topic=\"metrics-test\"}} {batch.Length}", page);
        Assert.Contains($"kafka_server_brokertopicmetrics_bytesout_total{{topic=\"metrics-test\"}} {batch.Length}", page);
        Assert.Contains("kafka_log_log_logendoffset{topic=\"metrics-test\",partition=\"0\"} 3", page);
        Assert.Contains($"kafka_log_log_size{{topic=\"metrics-test\",partition=\"0\"}} {batch.Length}", page);
        Assert.Contains("kafka_consumergroup_lag{consumergroup=\"metrics-group\",topic=\"metrics-test\",partition=\"0\"} 2", page);
        Assert.Contains(page, line => line.StartsWith("kafka_network_requestmetrics_requests_total{request=\"Produce\"} ", StringComparison.Ordinal));
        Assert.Contains(page, line => line.StartsWith("kafka_network_requestmetrics_errors_total{request=\"Produce\",error=\"UNKNOWN_TOPIC_OR_PARTITION\"} ", StringComparison.Ordinal));
        Assert.Contains(page, line => line.StartsWith("kafka_log_logflushstats_logflushrateandtimems_count ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_topic_that_is_gone_is_gone_from_the_page()
    {
        await using var rest = await RestBroker.StartAsync();
        using var client = await KafkaClient.ConnectAsync(rest.KafkaPort);
        await client.CreateTopicAsync("metrics-short-lived");
        var batch = Requests.Batch("1");
        await client.ProduceAsync("metrics-short-lived", batch);
        await client.FetchAsync(Requests.Fetch("metrics-short-lived", 0));
        Assert.Contains(
            $"brokertopicmetrics_bytesout_total{{topic=\"metrics-short-lived\"}} {batch.Length}\n", await rest.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        await rest.Broker.Server.Admin.DeleteTopicAsync("metrics-short-lived");

        Assert.DoesNotContain("metrics-short-lived", await rest.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }
}
