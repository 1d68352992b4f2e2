using System.Buffers.Binary;

namespace Broker.InProcess;

/// <summary>
/// Which partition a record goes to when its producer names none: as Kafka's Java client does, so that a key meets the records that
/// other clients gave it. Records without a key go to one partition after the other. Safe for use by any thread.
/// </summary>
internal sealed class KeyPartitioner
{
    private const uint Seed = 0x9747b28c;
    private const uint Factor = 0x5bd1e995;
    private const int Shift = 24;

    private int _next;

    public int NextWithoutKey(int partitions) => (int)((uint)Interlocked.Increment(ref _next) % (uint)partitions);

    public static int Of(ReadOnlySpan<byte> key, int partitions) => (int)((Murmur2(key) & int.MaxValue) % (uint)partitions);

    internal static uint Murmur2(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = Seed ^ (uint)bytes.Length;
            for (; bytes.Length >= sizeof(uint); bytes = bytes[sizeof(uint)..])
            {
                var word = BinaryPrimitives.ReadUInt32LittleEndian(bytes) * Factor;
                word = (word ^ (word >> Shift)) * Factor;
                hash = (hash * Factor) ^ word;
            }

            for (var i = bytes.Length - 1; i >= 0; i--)
                hash ^= (uint)bytes[i] << (8 * i);
            if (bytes.Length > 0)
                hash *= Factor;

            hash = (hash ^ (hash >> 13)) * Factor;
            return hash ^ (hash >> 15);
        }
    }
}
