using Broker.Protocol.Messages;
using Broker.Protocol.Tests.Support;

namespace Broker.Protocol.Tests;

/// <summary>An object that serves again must show nothing of the message before.</summary>
public class ReuseTests
{
    public static TheoryData<string> Messages => [.. MessageKind.All.Where(k => k.Type.IsAssignableTo(typeof(IReused))).Select(k => k.Name).Order()];

    [Theory]
    [MemberData(nameof(Messages))]
    public void a_message_that_was_reset_is_as_new(string name)
    {
        var kind = MessageKind.Named(name);
        foreach (var version in kind.EachVersion)
        {
            for (var seed = 0; seed < 20; seed++)
            {
                var used = (IReused)new RandomMessage(seed).Create(kind.Type);
                used.Reset();
                Assert.Equivalent(Activator.CreateInstance(kind.Type), used, strict: true);
                Assert.Equal(kind.Encode(Activator.CreateInstance(kind.Type)!, version), kind.Encode(used, version));
            }
        }
    }

    [Fact]
    public void a_fetch_read_into_the_objects_of_others_is_as_read_into_new_ones() => ReadsAgain<FetchRequest>("Fetch.request");

    [Fact]
    public void a_produce_read_into_the_objects_of_others_is_as_read_into_new_ones() => ReadsAgain<ProduceRequest>("Produce.request");

    [Fact]
    public void reading_again_allocates_nothing()
    {
        var bytes = MessageKind.Named("Fetch.request").Encode(
            new FetchRequest { RackId = "rack", Topics = [Topic("orders"), Topic("größe")] }, 12);
        var strings = new KnownStrings();
        var request = new FetchRequest();
        Read();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(("rack", "größe", 3), (request.RackId, request.Topics[1].Topic, request.Topics[1].Partitions.Count));

        void Read()
        {
            request.Reset();
            var reader = new ProtocolReader(bytes, flexible: true, strings);
            request.ReadAgain(ref reader, 12);
        }

        static FetchRequest.FetchTopic Topic(string name) => new() { Topic = name, Partitions = [new(), new(), new()] };
    }

    [Fact]
    public void a_list_gives_out_its_objects_again_and_shows_only_its_elements()
    {
        var list = new ReusedList<FetchRequest.FetchPartition>();
        var first = list.Add();
        first.Partition = 7;
        list.Add();

        list.Clear();
        Assert.Empty(list);
        Assert.Throws<ArgumentOutOfRangeException>(() => list[0]);
        Assert.Same(first, list.Add());
        Assert.Equal(0, Assert.Single(list).Partition);
        Assert.Equal(2, list.Weight);
    }

    [Fact]
    public void what_a_message_keeps_is_counted_to_its_last_object()
    {
        var request = new FetchRequest { Topics = new ReusedList<FetchRequest.FetchTopic>() };
        for (var i = 0; i < 3; i++)
        {
            var topic = request.Topics.Reused().Add();
            topic.Partitions = new ReusedList<FetchRequest.FetchPartition>();
            topic.Partitions.Reused().Add();
            topic.Partitions.Reused().Add();
        }

        request.Reset();

        Assert.Equal(1 + (3 * 3), ((IReused)request).Weight);
    }

    private static void ReadsAgain<T>(string name)
        where T : IReusedMessage<T>, IRequest<T>, new()
    {
        var kind = MessageKind.Named(name);
        var request = new T();
        var strings = new KnownStrings();
        var random = new Random(20_26);
        for (var i = 0; i < 500; i++)
        {
            var version = (short)random.Next(kind.Versions.Min, kind.Versions.Max + 1);
            var bytes = kind.Encode(new RandomMessage(i).Create(kind.Type), version);
            var reader = new ProtocolReader(bytes, T.ApiKey.IsFlexible(version), strings);
            request.Reset();
            request.ReadAgain(ref reader, version);

            Assert.False(reader.Failed);
            Assert.Equal(0, reader.Remaining);
            Assert.Equal(Convert.ToHexStringLower(bytes), Convert.ToHexStringLower(kind.Encode(request, version)));
        }
    }
}
