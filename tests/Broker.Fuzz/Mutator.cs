using System.Buffers.Binary;

namespace Broker.Fuzz;

/// <summary>Makes inputs out of seeds: a few small changes each, of the kinds that parsers get wrong.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, int seed)
{
    private const int MaxLength = 64 * 1024;

    private static readonly long[] Interesting =
        [0, 1, -1, -2, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, int.MaxValue, int.MinValue, uint.MaxValue, 1 << 24, long.MaxValue, long.MinValue];

#pragma warning disable CA5394 // Repeatable, not secret.
    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var input = new List<byte>(Any());
        for (var changes = 1 + _random.Next(4); changes > 0; changes--)
            Change(input);
        if (input.Count > MaxLength)
            input.RemoveRange(MaxLength, input.Count - MaxLength);
        return [.. input];
    }

    private byte[] Any() => seeds[_random.Next(seeds.Count)];

    private void Change(List<byte> input)
    {
        var at = _random.Next(input.Count + 1);
        var count = Math.Min(1 + _random.Next(1 << _random.Next(8)), input.Count - at);
        switch (_random.Next(9))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, count);
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            case 4:
                var noise = new byte[1 + _random.Next(16)];
                _random.NextBytes(noise);
                input.InsertRange(at, noise);
                break;
            case 5:
                input.InsertRange(at, input.GetRange(at, count));
                break;
            case 6:
                var other = Any();
                input.RemoveRange(at, input.Count - at);
                input.AddRange(other.Skip(_random.Next(other.Length + 1)));
                break;
            case 7:
                Overwrite(input, at, Varint());
                break;
            default:
                Overwrite(input, at, Number());
                break;
        }
    }

    /// <summary>A length or count as fixed-width fields have it.</summary>
    private byte[] Number()
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Interesting[_random.Next(Interesting.Length)]);
        return bytes[(8 - (1 << _random.Next(4)))..];
    }

    /// <summary>A length or count as compact fields have it, sometimes longer than any may be.</summary>
    private byte[] Varint()
    {
        var bytes = new byte[1 + _random.Next(12)];
        Array.Fill(bytes, (byte)0xFF);
        bytes[^1] = (byte)_random.Next(128);
        return bytes;
    }
#pragma warning restore CA5394

    private static void Overwrite(List<byte> input, int at, byte[] bytes)
    {
        for (var i = 0; i < bytes.Length && at + i < input.Count; i++)
            input[at + i] = bytes[i];
    }
}
