using System.Buffers.Binary;

namespace MassTransit.LogTransport.Clients;

/// <summary>The hash by which Kafka's clients choose a key's partition; a reader of replies must choose as the writer does.</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint M = 0x5bd1e995;
    private const int R = 24;

    public static int Partition(ReadOnlySpan<byte> key, int partitionCount) => (int)(Hash(key) & 0x7fffffff) % partitionCount;

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var hash = Seed ^ (uint)data.Length;

        while (data.Length >= 4)
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
            k ^= k >> R;
            hash = hash * M ^ k * M;
            data = data[4..];
        }

        if (data.Length >= 3)
            hash ^= (uint)data[2] << 16;
        if (data.Length >= 2)
            hash ^= (uint)data[1] << 8;
        if (data.Length >= 1)
            hash = (hash ^ data[0]) * M;

        hash ^= hash >> 13;
        hash *= M;

        return hash ^ hash >> 15;
    }
}
