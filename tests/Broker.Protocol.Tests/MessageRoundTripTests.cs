using Broker.Protocol.Tests.Support;

namespace Broker.Protocol.Tests;

public class MessageRoundTripTests
{
    public static TheoryData<string> Messages => [.. MessageKind.All.Select(kind => kind.Name).Order()];

    [Theory]
    [MemberData(nameof(Messages))]
    public void what_was_written_is_read_back_in_every_version(string name)
    {
        var kind = MessageKind.Named(name);
        foreach (var version in kind.EachVersion)
        {
            for (var seed = 0; seed < 20; seed++)
            {
                var written = kind.Encode(new RandomMessage(seed).Create(kind.Type), version);
                var decoded = kind.Decode(written, version);

                Assert.False(decoded.Failed, $"version {version}, seed {seed}");
                Assert.Equal(0, decoded.Remaining);
                Assert.Equal(Convert.ToHexStringLower(written), Convert.ToHexStringLower(kind.Encode(decoded.Message, version)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void a_message_of_defaults_is_read_back_in_every_version(string name)
    {
        var kind = MessageKind.Named(name);
        foreach (var version in kind.EachVersion)
        {
            var written = kind.Encode(Activator.CreateInstance(kind.Type)!, version);
            var decoded = kind.Decode(written, version);

            Assert.False(decoded.Failed, $"version {version}");
            Assert.Equal(0, decoded.Remaining);
            Assert.Equal(written, kind.Encode(decoded.Message, version));
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void unknown_tagged_fields_are_passed_over(string name)
    {
        var kind = MessageKind.Named(name);
        foreach (var version in kind.EachVersion.Where(version => kind.ApiKey.IsFlexible(version)))
        {
            var written = kind.Encode(Activator.CreateInstance(kind.Type)!, version);
            Assert.Equal(0, written[^1]);
            byte[] extended = [.. written[..^1], 1, 99, 3, 0xAA, 0xBB, 0xCC];

            var decoded = kind.Decode(extended, version);

            Assert.False(decoded.Failed, $"version {version}");
            Assert.Equal(0, decoded.Remaining);
            Assert.Equal(written, kind.Encode(decoded.Message, version));
        }
    }
}
