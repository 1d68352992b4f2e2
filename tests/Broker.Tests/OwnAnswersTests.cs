using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Tests.Support;

namespace Broker.Tests;

/// <summary>
/// Requests, answers and frames are objects that serve one client after another. Many clients at once, with requests ahead, long polls,
/// requests of several shapes and connections that end in the midst: each must get its own records and nobody else's.
/// </summary>
public sealed class OwnAnswersTests
{
    private const int Clients = 12;
    private const int Rounds = 40;

    [Fact]
    public async Task every_client_gets_its_own_answers_whatever_others_do()
    {
        await using var broker = await TestBroker.StartAsync();
        var setup = await broker.ConnectAsync();
        for (var i = 0; i < Clients; i++)
            await setup.CreateTopicAsync($"topic-{i}", partitions: 1 + (i % 3));
        await setup.CreateTopicAsync("busy");

        using var end = new CancellationTokenSource();
        var leaving = Task.Run(() => LeaveInTheMidstAsync(broker, end.Token));
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => Task.Run(() => ProduceAndFetchAsync(broker, i))));
        }
        finally
        {
            await end.CancelAsync();
            await leaving;
        }

        Assert.DoesNotContain(broker.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task ProduceAndFetchAsync(TestBroker broker, int number)
    {
        var random = new Random(number);
        var topic = $"topic-{number}";
        var partitions = 1 + (number % 3);
        using var client = await KafkaClient.ConnectAsync(broker.Port);
        var written = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // A poll that waits, produces behind it that wake it, some to the disk and some not, and a fetch of everything.
            var from = written;
            var poll = await client.SendAsync(Fetch(topic, partitions, from, maxWaitMs: 60_000), Requests.FetchVersion);
            var produces = new List<(int Id, int First)>();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                produces.Add((await client.SendAsync(Produce(topic, partitions, written, acks: (short)(random.Next(2) == 0 ? 1 : -1)), Requests.ProduceVersion), written));
                written++;
            }

            var all = await client.SendAsync(Fetch(topic, partitions, 0, maxWaitMs: 0), Requests.FetchVersion);

            CheckFetched(await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, poll), topic, partitions, from, written);
            foreach (var (id, first) in produces)
            {
                var answer = Assert.Single((await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, Requests.ProduceVersion, id)).Responses);
                Assert.Equal((topic, partitions), (answer.Name, answer.PartitionResponses.Count));
                for (var p = 0; p < partitions; p++)
                {
                    var stored = answer.PartitionResponses[p];
                    Assert.Equal((p, ErrorCode.None, (long)first), (stored.Index, stored.ErrorCode, stored.BaseOffset));
                }
            }

            CheckFetched(await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, Requests.FetchVersion, all), topic, partitions, 0, written);
        }
    }

    /// <summary>Clients that go while their requests wait, or while their answers are being sent.</summary>
    private static async Task LeaveInTheMidstAsync(TestBroker broker, CancellationToken end)
    {
        var random = new Random(99);
        while (!end.IsCancellationRequested)
        {
            using var client = await KafkaClient.ConnectAsync(broker.Port);
            for (var i = random.Next(1, 20); i > 0; i--)
            {
                if (random.Next(2) == 0)
                    await client.SendAsync(Requests.Produce("busy", Requests.Batch(new string('b', random.Next(20_000))), acks: -1), Requests.ProduceVersion);
                else
                    await client.SendAsync(Requests.Fetch("busy", 0, maxWaitMs: random.Next(2) * 1_000, minBytes: random.Next(1, 2_000_000)), Requests.FetchVersion);
            }
        }
    }

    private static ProduceRequest Produce(string topic, int partitions, int number, short acks)
    {
        var request = Requests.Produce(topic, [], acks);
        request.TopicData[0].PartitionData =
        [
            .. Enumerable.Range(0, partitions).Select(p => new ProduceRequest.PartitionProduceData
            {
                Index = p,
                Records = Requests.Batch($"{topic}/{p}/{number}"),
            }),
        ];
        return request;
    }

    private static FetchRequest Fetch(string topic, int partitions, long from, int maxWaitMs)
    {
        var request = Requests.Fetch(topic, from, maxWaitMs);
        request.Topics[0].Partitions =
        [
            .. Enumerable.Range(0, partitions).Select(p => new FetchRequest.FetchPartition { Partition = p, FetchOffset = from, PartitionMaxBytes = 1 << 20 }),
        ];
        return request;
    }

    /// <summary>Of each partition a beginning of what is there, and of one at least something.</summary>
    private static void CheckFetched(FetchResponse response, string topic, int partitions, int from, int written)
    {
        var answer = Assert.Single(response.Responses);
        Assert.Equal((topic, partitions), (answer.Topic, answer.Partitions.Count));
        var count = 0;
        for (var p = 0; p < partitions; p++)
        {
            var data = answer.Partitions[p];
            var records = data.Records();
            Assert.Equal((p, ErrorCode.None), (data.PartitionIndex, data.ErrorCode));
            Assert.Equal(Enumerable.Range(from, records.Length).Select(n => $"{n}:{topic}/{p}/{n}"), records);
            Assert.InRange(from + records.Length, from, written);
            count += records.Length;
        }

        Assert.True(count > 0);
    }
}
