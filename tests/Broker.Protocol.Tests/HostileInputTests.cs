using Broker.Protocol.Tests.Support;

namespace Broker.Protocol.Tests;

/// <summary>Bad bytes never throw, and never take more memory than a small multiple of what was sent.</summary>
public class HostileInputTests
{
    public static TheoryData<string> Files => [.. GoldenFile.Names.Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public void a_message_cut_at_any_byte_fails(string file)
    {
        foreach (var golden in GoldenFile.Read(file))
        {
            for (var length = 0; length < golden.Bytes.Length; length++)
                Assert.True(Decode(golden.Kind, golden.Bytes[..length], golden.LastVersion).Failed, $"version {golden.LastVersion} cut at {length}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void a_message_with_any_byte_replaced_is_decoded_or_refused(string file)
    {
        foreach (var golden in GoldenFile.Read(file))
        {
            for (var position = 0; position < golden.Bytes.Length; position++)
            {
                foreach (byte value in (ReadOnlySpan<byte>)[0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF])
                {
                    var bytes = golden.Bytes.ToArray();
                    bytes[position] = value;
                    Decode(golden.Kind, bytes, golden.LastVersion);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void four_bytes_of_any_extreme_number_are_decoded_or_refused(string file)
    {
        foreach (var golden in GoldenFile.Read(file))
        {
            for (var position = 0; position <= golden.Bytes.Length - 4; position++)
            {
                foreach (var number in (ReadOnlySpan<uint>)[0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFF0F, 0x00FFFFFF])
                {
                    var bytes = golden.Bytes.ToArray();
                    System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(position), number);
                    Decode(golden.Kind, bytes, golden.LastVersion);
                }
            }
        }
    }

    [Fact]
    public void noise_is_decoded_or_refused()
    {
        var random = new Random(20_26);
        foreach (var kind in MessageKind.All)
        {
            foreach (var version in kind.EachVersion)
            {
                for (var i = 0; i < 50; i++)
                {
                    var bytes = new byte[random.Next(2_000)];
                    random.NextBytes(bytes);
                    if (i % 2 == 0)
                    {
                        // Mostly small numbers get further than noise does: they look like counts and lengths.
                        foreach (ref var b in bytes.AsSpan())
                            b = (byte)(b < 200 ? b % 4 : b);
                    }

                    Decode(kind, bytes, version);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void a_frame_of_one_repeated_byte_takes_a_bounded_multiple_of_its_size(byte value)
    {
        var bytes = new byte[64 * 1024];
        Array.Fill(bytes, value);
        foreach (var kind in MessageKind.All)
        {
            foreach (var version in kind.EachVersion)
            {
                // The largest count that the bytes left allow, so that as many elements as possible are built.
                for (var header = 0; header < 40; header++)
                {
                    var hostile = bytes.ToArray();
                    hostile[header] = 0xFF;
                    hostile[header + 1] = 0xFF;
                    hostile[header + 2] = 0x02;
                    Decode(kind, hostile, version);
                }
            }
        }
    }

    private static Decoded Decode(MessageKind kind, byte[] bytes, short version)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decoded = kind.Decode(bytes, version);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // The object of the shortest element (three bytes on the wire) and its place in a list that doubles.
        Assert.True(allocated <= 4096 + (48L * bytes.Length), $"{kind} version {version}: {allocated} bytes for {bytes.Length}");
        return decoded;
    }
}
