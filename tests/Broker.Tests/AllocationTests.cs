using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Records;
using Broker.Tests.Support;

namespace Broker.Tests;

/// <summary>
/// What the whole process allocates for requests of the data path in the steady state: nothing.
/// A window of requests in which not one byte was allocated shows it; that others before it may have some is the just-in-time
/// compiler, pools and indexes that still grow, and the runner's and the broker's own timers, none of which go with the requests.
/// </summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int MaxWindows = 60;
    private const long Anywhere = 0x0123_4567_89AB_CDEF;

    [Theory]
    [InlineData(9)]
    [InlineData(13)]
    public async Task producing_to_the_page_cache(short version)
    {
        await using var broker = await StartAsync("t");
        using var client = SteadyClient.Connect(broker, Produce(broker, "t", acks: 1), version);

        AssertSteady(2_000, () => Ask(client));

        AssertProduced(client, version);
    }

    [Fact]
    public async Task producing_without_acknowledgement()
    {
        await using var broker = await StartAsync("t");
        using var client = SteadyClient.Connect(broker, Produce(broker, "t", acks: 0), 9);
        using var fence = SteadyClient.Connect(broker, Produce(broker, "t", acks: 1), 9);
        var log = broker.Server.Topics.FindPartition("t", 0)!.Log!;
        var end = 0L;

        AssertSteady(2_000, () =>
        {
            client.Send();
            end++;
            while (log.LogEndOffset < end)
                Thread.Yield();
        });
    }

    [Theory]
    [InlineData(9)]
    [InlineData(13)]
    public async Task producing_to_the_disk_by_group_commit(short version)
    {
        await using var broker = await StartAsync("t", "u");
        // Several clients that wait for several logs at once, each with requests behind those that wait.
        var clients = new List<SteadyClient>();
        for (var i = 0; i < 8; i++)
            clients.Add(SteadyClient.Connect(broker, Produce(broker, i % 2 == 0 ? "t" : "u", acks: -1), version));

        AssertSteady(20, () =>
        {
            for (var i = 0; i < clients.Count; i++)
            {
                for (var k = 0; k < 4; k++)
                    clients[i].Send();
            }

            for (var i = 0; i < clients.Count; i++)
            {
                for (var k = 0; k < 4; k++)
                    clients[i].Receive();
            }
        });

        AssertProduced(clients[0], version);
        clients.ForEach(c => c.Dispose());
    }

    [Theory]
    [InlineData(4, 0, 100)]
    [InlineData(12, 0, 100)]
    [InlineData(18, 0, 100_000)]
    [InlineData(12, 1, 100_000)]
    [InlineData(18, 1, 100)]
    public async Task fetching_what_is_there(short version, sbyte isolationLevel, int size)
    {
        await using var broker = await StartAsync("t");
        await (await broker.ConnectAsync()).ProduceAsync("t", Requests.Batch(new string('x', size)));
        using var client = SteadyClient.Connect(broker, Fetch(broker, "t", 0, isolationLevel: isolationLevel), version);

        AssertSteady(2_000, () => Ask(client));

        Assert.Single(Requests.Only(client.Read<FetchResponse>(Ask(client), ApiKey.Fetch, version)).Records());
    }

    [Fact]
    public async Task fetching_more_than_the_sockets_hold()
    {
        await using var broker = await StartAsync("t");
        var writer = await broker.ConnectAsync();
        for (var i = 0; i < 40; i++)
            await writer.ProduceAsync("t", Requests.Batch(new string('x', 200_000)));
        using var client = SteadyClient.Connect(broker, Fetch(broker, "t", 0), 12);

        // The broker waits for the client in the midst of each answer, which it sends from the file.
        AssertSteady(50, () => Ask(client));

        Assert.InRange(Ask(client), 8_000_000, 9_000_000);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task a_long_poll_that_is_woken(short version)
    {
        await using var broker = await StartAsync("t");
        var partition = broker.Server.Topics.FindPartition("t", 0)!;
        using var writer = SteadyClient.Connect(broker, Produce(broker, "t", acks: 1), 9);
        var readers = new List<SteadyClient>();
        for (var i = 0; i < 8; i++)
            readers.Add(SteadyClient.Connect(broker, Fetch(broker, "t", Anywhere, maxWaitMs: 60_000), version));
        var place = readers[0].PlaceOf(Anywhere);
        var end = 0L;

        AssertSteady(250, () =>
        {
            for (var i = 0; i < readers.Count; i++)
            {
                readers[i].Put(place, end);
                readers[i].Send();
            }

            while (partition.DelayedFetches.Count < readers.Count)
                Thread.Yield();
            Ask(writer);
            end++;
            for (var i = 0; i < readers.Count; i++)
                readers[i].Receive();
        });

        readers.ForEach(r => r.Dispose());
    }

    [Fact]
    public async Task a_long_poll_whose_time_is_over()
    {
        await using var broker = await StartAsync("t");
        using var client = SteadyClient.Connect(broker, Fetch(broker, "t", 0, maxWaitMs: 1), 12);

        AssertSteady(200, () => Ask(client));
    }

    [Fact]
    public async Task requests_of_many_partitions()
    {
        await using var broker = await StartAsync();
        var setup = await broker.ConnectAsync();
        await setup.CreateTopicAsync("t", partitions: 100);
        var produce = Produce(broker, "t", acks: 1);
        produce.TopicData[0].PartitionData = [.. Enumerable.Range(0, 100).Select(p => new ProduceRequest.PartitionProduceData { Index = p, Records = Requests.Batch("a") })];
        var fetch = Fetch(broker, "t", 0);
        fetch.Topics[0].Partitions = [.. Enumerable.Range(0, 100).Select(p => new FetchRequest.FetchPartition { Partition = p, PartitionMaxBytes = 1 })];
        using var producer = SteadyClient.Connect(broker, produce, 9);
        using var consumer = SteadyClient.Connect(broker, fetch, 12);

        AssertSteady(200, () =>
        {
            Ask(producer);
            Ask(consumer);
        });
    }

    [Fact]
    public async Task more_requests_ahead_than_the_broker_takes()
    {
        await using var broker = await StartAsync("t");
        using var client = SteadyClient.Connect(broker, Produce(broker, "t", acks: -1), 9);

        AssertSteady(4, () =>
        {
            for (var i = 0; i < 200; i++)
                client.Send();
            for (var i = 0; i < 200; i++)
                client.Receive();
        });
    }

    [Fact]
    public async Task large_requests()
    {
        await using var broker = await StartAsync("t");
        var request = Produce(broker, "t", acks: 1);
        request.TopicData[0].PartitionData[0].Records = Requests.Batch(new string('x', 900_000));
        using var client = SteadyClient.Connect(broker, request, 9);

        AssertSteady(50, () => Ask(client));

        AssertProduced(client, 9);
    }

    [Fact]
    public async Task batches_compressed_by_zstd()
    {
        await using var broker = await StartAsync("t");
        var request = Produce(broker, "t", acks: 1);
        request.TopicData[0].PartitionData[0].Records = new RecordBatchBuilder(CompressionType.Zstd).Add(1_000, [1], new byte[10_000]).Build();
        using var client = SteadyClient.Connect(broker, request, 9);

        AssertSteady(500, () => Ask(client));

        AssertProduced(client, 9);
    }

    [Fact]
    public async Task clients_with_rights_and_quotas()
    {
        await using var broker = await TestBroker.StartAsync(o =>
        {
            o.AuthorizerClassName = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";
            o.AllowEveryoneIfNoAclFound = true;
        });
        var setup = await broker.ConnectAsync();
        await setup.CreateTopicAsync("t");
        await setup.AskAsync<AlterClientQuotasRequest, AlterClientQuotasResponse>(
            new AlterClientQuotasRequest
            {
                Entries =
                [
                    new AlterClientQuotasRequest.EntryData
                    {
                        Entity = [new AlterClientQuotasRequest.EntityData { EntityType = "client-id", EntityName = "steady" }],
                        Ops =
                        [
                            new AlterClientQuotasRequest.OpData { Key = "producer_byte_rate", Value = 1e12 },
                            new AlterClientQuotasRequest.OpData { Key = "consumer_byte_rate", Value = 1e12 },
                            new AlterClientQuotasRequest.OpData { Key = "request_percentage", Value = 1e12 },
                        ],
                    },
                ],
            },
            1);
        using var producer = SteadyClient.Connect(broker, Produce(broker, "t", acks: 1), 9);
        using var consumer = SteadyClient.Connect(broker, Fetch(broker, "t", 0), 12);

        AssertSteady(500, () =>
        {
            Ask(producer);
            Ask(consumer);
        });

        AssertProduced(producer, 9);
    }

    private static int Ask(SteadyClient client)
    {
        client.Send();
        return client.Receive();
    }

    private static void AssertSteady(int requests, Action request)
    {
        var least = long.MaxValue;
        for (var window = 0; window < MaxWindows && least > 0; window++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < requests; i++)
                request();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(least == 0, $"{least} bytes for {requests} requests, in the best of {MaxWindows} windows.");
    }

    private static async Task<TestBroker> StartAsync(params string[] topics)
    {
        var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        foreach (var topic in topics)
            await client.CreateTopicAsync(topic);
        return broker;
    }

    private static ProduceRequest Produce(TestBroker broker, string topic, short acks)
    {
        var request = Requests.Produce(topic, Requests.Batch(new string('x', 100)), acks);
        request.TopicData[0].TopicId = broker.Server.DescribeTopic(topic)!.Id;
        return request;
    }

    private static FetchRequest Fetch(TestBroker broker, string topic, long offset, int maxWaitMs = 0, sbyte isolationLevel = 0)
    {
        var request = Requests.Fetch(topic, offset, maxWaitMs, maxBytes: 50_000_000, partitionMaxBytes: 50_000_000);
        request.IsolationLevel = isolationLevel;
        request.Topics[0].TopicId = broker.Server.DescribeTopic(topic)!.Id;
        return request;
    }

    private static void AssertProduced(SteadyClient client, short version)
    {
        var answer = Requests.Only(client.Read<ProduceResponse>(Ask(client), ApiKey.Produce, version));
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        Assert.True(answer.BaseOffset > 0);
    }
}
