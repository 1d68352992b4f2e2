using Broker.Groups;

namespace Broker.Tests.Groups;

public sealed class GroupRecordFormatTests
{
    // As GroupMetadataManager of Apache Kafka 4.3 writes them: version, then the fields in order.
    [Fact]
    public void an_offset_is_written_as_Kafka_writes_it()
    {
        var record = new OffsetRecord("g", new TopicPartition("t", 3), new CommittedOffset(5, 7, "m", 0x0102));

        Assert.Equal("0001" + "000167" + "000174" + "00000003", Hex(GroupRecordFormat.Key(record)));
        Assert.Equal("0003" + "0000000000000005" + "00000007" + "00016D" + "0000000000000102", Hex(GroupRecordFormat.Value(record)!));
    }

    [Fact]
    public void an_offset_with_an_expiry_of_its_own_is_written_in_the_version_that_has_one()
    {
        var record = new OffsetRecord("g", new TopicPartition("t", 3), new CommittedOffset(5, 7, "m", 1, ExpireTimestampMs: 2));

        Assert.Equal("0001" + "0000000000000005" + "00016D" + "0000000000000001" + "0000000000000002", Hex(GroupRecordFormat.Value(record)!));
    }

    [Fact]
    public void a_generation_is_written_as_Kafka_writes_it()
    {
        var record = new GenerationRecord("g", new StoredGeneration("consumer", 4, "range", "a", 9,
            [new StoredMember("a", "A", "c", "/h", 60, 10, [1], [2, 3])]));

        Assert.Equal("0002" + "000167", Hex(GroupRecordFormat.Key(record)));
        Assert.Equal(
            "0003" + "0008636F6E73756D6572" + "00000004" + "000572616E6765" + "000161" + "0000000000000009" + "00000001"
            + "000161" + "000141" + "000163" + "00022F68" + "0000003C" + "0000000A" + "00000001" + "01" + "00000002" + "0203",
            Hex(GroupRecordFormat.Value(record)!));
    }

    [Fact]
    public void what_is_written_is_read_back()
    {
        GroupRecord[] records =
        [
            new OffsetRecord("g", new TopicPartition("t", 3), new CommittedOffset(5, 7, "m", 1)),
            new OffsetRecord("g", new TopicPartition("t", 3), null),
            new GenerationRecord("g", null),
        ];

        foreach (var record in records)
            Assert.Equal(record, GroupRecordFormat.Read(GroupRecordFormat.Key(record), GroupRecordFormat.Value(record) is { } value ? value : (Memory<byte>?)null));
    }

    [Theory]
    [InlineData("0000" + "0000000000000005" + "00016D" + "0000000000000001", -1, -1)]
    [InlineData("0001" + "0000000000000005" + "00016D" + "0000000000000001" + "0000000000000002", -1, 2)]
    [InlineData("0002" + "0000000000000005" + "00016D" + "0000000000000001", -1, -1)]
    [InlineData("0004" + "0000000000000005" + "00000007" + "026D" + "0000000000000001" + "00", 7, -1)]
    public void offsets_of_other_versions_are_read(string value, int leaderEpoch, long expires)
    {
        var key = Convert.FromHexString("0001" + "000167" + "000174" + "00000003");

        Assert.Equal(
            new OffsetRecord("g", new TopicPartition("t", 3), new CommittedOffset(5, leaderEpoch, "m", 1, expires)),
            GroupRecordFormat.Read(key, Convert.FromHexString(value)));
    }

    [Fact]
    public void records_of_other_group_protocols_are_passed_over_and_garbage_is_said_to_be_garbage()
    {
        Assert.Null(GroupRecordFormat.Read(Convert.FromHexString("000A" + "000167"), null));
        Assert.Throws<InvalidDataException>(() => GroupRecordFormat.Read(Convert.FromHexString("0002" + "0009"), null));
        Assert.Throws<InvalidDataException>(() => GroupRecordFormat.Read(Convert.FromHexString("0002" + "000167"), Convert.FromHexString("0009")));
    }

    /// <summary>Taken from Java: "…".hashCode() and Kafka's own choice of a partition out of 50.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("g1", 42)]
    [InlineData("order-service", 26)]
    [InlineData("polygenelubricants", 0)]
    public void a_group_lies_in_the_partition_where_Kafka_would_look(string groupId, int partition) =>
        Assert.Equal(partition, OffsetsTopic.PartitionFor(groupId, 50));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);
}
