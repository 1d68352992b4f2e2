using Broker.Groups;
using Broker.Groups.Consumer;

namespace Broker.Tests.Groups;

/// <summary>Bytes made by the record classes of Apache Kafka 4.3.1.</summary>
public sealed class ConsumerRecordFormatTests
{
    private static readonly Guid Topic = Guid.Parse("01020304-0506-0708-090a-0b0c0d0e0f10");

    private static readonly (string Name, GroupRecord Record, string Key, string Value)[] Kafka =
    [
        ("epoch", new GroupEpochRecord("g", new GroupEpoch(5, 77)),
            "0003" + "000167", "0000" + "00000005" + "01" + "0008" + "000000000000004D"),
        ("member", new MemberMetadataRecord("g", "m", new MemberMetadata("i", null, "c", "/h", ValueSet<string>.Of(["t"]), "r.*", 60, "uniform", null)),
            "0005" + "000167" + "00016D", "0000" + "0269" + "00" + "0263" + "032F68" + "020274" + "04722E2A" + "0000003C" + "08756E69666F726D" + "00"),
        ("classic member", new MemberMetadataRecord("g", "m", new MemberMetadata(
            null, null, "c", "/h", ValueSet<string>.Of(["t"]), "", 60, null, new ClassicMember(10, [new MemberProtocol("range", [1, 2])]))),
            "0005" + "000167" + "00016D",
            "0000" + "00" + "00" + "0263" + "032F68" + "020274" + "01" + "0000003C" + "00" + "01" + "0011" + "01" + "0000000A" + "02" + "0672616E6765" + "030102" + "00" + "00"),
        ("target epoch", new TargetEpochRecord("g", 5), "0006" + "000167", "0000" + "00000005" + "00"),
        ("target", new TargetAssignmentRecord("g", "m", ValueSet<TopicIdPartition>.Of([new(Topic, 0), new(Topic, 2)])),
            "0007" + "000167" + "00016D", "0000" + "02" + "0102030405060708090A0B0C0D0E0F10" + "03" + "00000000" + "00000002" + "00" + "00"),
        ("current", new CurrentAssignmentRecord("g", "m", new CurrentAssignment(
            5, 4, MemberState.UnrevokedPartitions,
            ValueSet<HeldPartition>.Of([new(new(Topic, 0), 3), new(new(Topic, 2), 5)]), ValueSet<HeldPartition>.Empty)),
            "0008" + "000167" + "00016D",
            "0000" + "00000005" + "00000004" + "01" + "02" + "0102030405060708090A0B0C0D0E0F10" + "03" + "00000000" + "00000002"
            + "01" + "0009" + "03" + "00000003" + "00000005" + "01" + "00"),
        ("regex", new RegexRecord("g", "r.*", new ResolvedRegex(ValueSet<string>.Of(["t"]), 7, 9)),
            "0010" + "000167" + "0003722E2A", "0000" + "02" + "0274" + "0000000000000007" + "0000000000000009" + "00"),
    ];

    public static TheoryData<string> Names => [.. Kafka.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void a_record_is_written_as_Kafka_writes_it_and_read_back(string name)
    {
        var (_, record, key, value) = Kafka.Single(k => k.Name == name);

        Assert.Equal(key, Convert.ToHexString(GroupRecordFormat.Key(record)));
        Assert.Equal(value, Convert.ToHexString(GroupRecordFormat.Value(record)!));
        Assert.Equal(record, GroupRecordFormat.Read(Convert.FromHexString(key), Convert.FromHexString(value)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void a_removal_has_no_value(string name)
    {
        var (_, _, key, _) = Kafka.Single(k => k.Name == name);

        var removal = GroupRecordFormat.Read(Convert.FromHexString(key), null)!;

        Assert.Null(GroupRecordFormat.Value(removal));
        Assert.Equal(key, Convert.ToHexString(GroupRecordFormat.Key(removal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void a_value_cut_anywhere_is_said_to_be_unreadable(string name)
    {
        var (_, _, key, value) = Kafka.Single(k => k.Name == name);
        var bytes = Convert.FromHexString(value);

        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => GroupRecordFormat.Read(Convert.FromHexString(key), bytes[..length]));
    }

    /// <summary>As Kafka before 4.3 wrote a current assignment: without the epochs.</summary>
    [Fact]
    public void partitions_stored_without_an_epoch_were_given_in_the_members()
    {
        var read = (CurrentAssignmentRecord)GroupRecordFormat.Read(
            Convert.FromHexString("0008" + "000167" + "00016D"),
            Convert.FromHexString("0000" + "00000005" + "00000004" + "00" + "02" + "0102030405060708090A0B0C0D0E0F10" + "02" + "00000001" + "00" + "01" + "00"))!;

        Assert.Equal([new HeldPartition(new(Topic, 1), 5)], read.Value!.Assigned);
    }
}
