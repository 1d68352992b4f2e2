using Broker.Protocol;
using Broker.Storage;
using Broker.Storage.Disks;
using Broker.Storage.Tests.Support;
using Broker.Tests.Support;
using Broker.Topics;

namespace Broker.Tests;

/// <summary>
/// The power fails before each change of the disk while a broker starts, makes, changes and deletes topics, gives out producer ids and stops.
/// A broker started on what is left must agree with what the clients of the first were told.
/// </summary>
public sealed class PowerLossTests
{
    private readonly MemoryDisk _memory = new();
    private readonly List<Image> _images = [];
    private Told _told = new([], [], -1, null);
    private string? _pending;

    [Fact]
    public async Task what_clients_were_told_about_topics_epochs_and_producer_ids_holds_after_any_of_them()
    {
        var disk = new FaultyDisk(_memory) { BeforeChange = Capture };
        await using (var broker = await TestBroker.StartAsync(disk: disk))
        {
            var topics = broker.Server.Topics;
            _told = _told with { LeaderEpoch = 0, ClusterId = broker.Server.ClusterId };
            await ChangeAsync("a", () => topics.CreateAsync("a", 3, new Dictionary<string, string?> { ["retention.ms"] = "5" }));
            await ChangeAsync("b", () => topics.CreateAsync("b", 1, new Dictionary<string, string?>()));
            await ChangeAsync("a", () => topics.AddPartitionsAsync("a", 4, _ => { }, validateOnly: false));
            var client = await broker.ConnectAsync();
            Assert.Equal(ErrorCode.None, (await client.ProduceAsync("b", Requests.Batch("kept"))).ErrorCode);
            _told = _told with { Records = [.. _told.Records, "b"] };
            _pending = "a";
            await topics.DeleteAsync(_told.Topics.Single(t => t.Name == "a").Id);
            _told = _told with { Topics = [.. _told.Topics.Where(t => t.Name != "a")] };
            await ChangeAsync("a", () => topics.CreateAsync("a", 1, new Dictionary<string, string?>()));
            _pending = null;
        }

        disk.BeforeChange = null;
        Assert.True(_images.Count > 100);
        foreach (var image in _images)
        {
            await CheckAsync(image, image.Disk);
            await CheckAsync(image, image.Torn);
        }
    }

    [Fact]
    public void no_producer_id_and_no_epoch_is_given_twice()
    {
        var memory = _memory;
        var given = new HashSet<long>();
        var epoch = -1;
        for (var start = 0; start < 4; start++)
        {
            using var data = DataDirectory.Open("/data", memory);
            var identity = BrokerIdentity.Open(data);
            Assert.True(identity.LeaderEpoch > epoch);
            epoch = identity.LeaderEpoch;
            for (var i = 0; i < 1500; i++)
                Assert.True(given.Add(identity.NextProducerId()));
            memory = memory.CopyAfterPowerLoss();
        }
    }

    private async Task ChangeAsync(string name, Func<Task<Topic>> change)
    {
        _pending = name;
        var topic = await change();
        _told = _told with { Topics = [.. _told.Topics.Where(t => t.Name != name), new ToldTopic(name, topic.Id, topic.Partitions.Count)] };
        _pending = null;
    }

    private void Capture() => _images.Add(new Image(_memory.CopyAfterPowerLoss(), _memory.CopyAfterPowerLoss(new Random(_images.Count)), _told, _pending));

    private static async Task CheckAsync(Image image, MemoryDisk disk)
    {
        await using var broker = await TestBroker.StartAsync(disk: disk);
        var topics = broker.Server.Topics;
        foreach (var told in image.Told.Topics.Where(t => t.Name != image.Pending))
        {
            Assert.True(topics.TryFind(told.Name, out var topic));
            Assert.Equal((told.Id, told.Partitions), (topic.Id, topic.Partitions.Count));
        }

        Assert.All(topics.All, topic =>
        {
            Assert.True(topic.Name == image.Pending || image.Told.Topics.Any(t => t.Id == topic.Id));
            Assert.All(topic.Partitions, partition => Assert.True(partition.IsOnline));
        });
        foreach (var topic in image.Told.Records)
            Assert.Equal(1, topics.FindPartition(topic, 0)!.Log!.LogEndOffset);
        if (image.Told.ClusterId is { } clusterId)
        {
            Assert.Equal(clusterId, broker.Server.ClusterId);
            Assert.All(topics.All.SelectMany(t => t.Partitions), partition => Assert.True(partition.LeaderEpoch > image.Told.LeaderEpoch));
        }
    }

    private sealed record ToldTopic(string Name, Guid Id, int Partitions);

    private sealed record Told(IReadOnlyList<ToldTopic> Topics, IReadOnlyList<string> Records, int LeaderEpoch, string? ClusterId);

    private sealed record Image(MemoryDisk Disk, MemoryDisk Torn, Told Told, string? Pending);
}
