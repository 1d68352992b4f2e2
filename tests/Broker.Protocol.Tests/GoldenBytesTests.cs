using Broker.Protocol.Tests.Support;

namespace Broker.Protocol.Tests;

/// <summary>Our bytes against those of Apache Kafka's own classes, in every version, field by field.</summary>
public class GoldenBytesTests
{
    public static TheoryData<string> Files => [.. GoldenFile.Names.Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void decoding_gives_every_named_field_its_value(string file)
    {
        foreach (var golden in GoldenFile.Read(file))
        {
            foreach (var version in golden.Versions)
            {
                var decoded = golden.Kind.Decode(golden.Bytes, version);

                Assert.False(decoded.Failed, $"{file} version {version}");
                Assert.Equal(0, decoded.Remaining);
                foreach (var field in golden.Fields.Where(field => field.Path is not null))
                    Assert.Equal($"{version}: {field.Path} = {field.Value}", $"{version}: {field.Path} = {PropertyPath.Show(decoded.Message, field.Path!)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void encoding_gives_the_same_bytes(string file)
    {
        foreach (var golden in GoldenFile.Read(file))
        {
            foreach (var version in golden.Versions)
            {
                var encoded = golden.Kind.Encode(golden.Kind.Decode(golden.Bytes, version).Message, version);

                Assert.Equal($"{version}: {Convert.ToHexStringLower(golden.Bytes)}", $"{version}: {Convert.ToHexStringLower(encoded)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void the_annotated_fields_add_up_to_the_message(string file)
    {
        foreach (var golden in GoldenFile.Read(file))
            Assert.Equal(Convert.ToHexStringLower(golden.Bytes), Convert.ToHexStringLower([.. golden.Fields.SelectMany(field => field.Bytes)]));
    }

    [Fact]
    public void every_version_of_every_message_is_on_file()
    {
        var covered = GoldenFile.Names.SelectMany(GoldenFile.Read)
            .SelectMany(golden => golden.Versions.Select(version => $"{golden.Kind} {version}"))
            .ToHashSet();

        var missing = MessageKind.All.SelectMany(kind => kind.EachVersion.Select(version => $"{kind} {version}")).Where(name => !covered.Contains(name));

        Assert.Empty(missing);
    }
}
