using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Broker.Storage.Compaction;

/// <summary>
/// Newest offset per key, for as many keys as the bytes it may take can hold. Keys are known by 128 bits of their SHA-256: a cryptographic hash,
/// because two keys taken for one would lose a record that nobody replaced. Grows with its content. Not thread-safe.
/// </summary>
internal sealed class OffsetMap
{
    private const int FirstSlots = 1024;

    private readonly int _maxSlots;
    private readonly double _loadFactor;
    private Slot[] _slots;

    /// <param name="maxBytes">Most bytes the slots may take.</param>
    /// <param name="loadFactor">Share of the slots that may be in use; more means more keys and slower look-ups.</param>
    public OffsetMap(long maxBytes, double loadFactor)
    {
        _maxSlots = (int)Math.Clamp(maxBytes / Marshal.SizeOf<Slot>(), 2, Array.MaxLength);
        _loadFactor = loadFactor;
        _slots = new Slot[Math.Min(FirstSlots, _maxSlots)];
    }

    /// <summary>Keys in the map.</summary>
    public int Count { get; private set; }

    /// <summary>Share of the keys it can hold that it does.</summary>
    public double Utilization => Count / (_maxSlots * _loadFactor);

    /// <summary>Takes note of a key's newest offset.</summary>
    /// <returns>False when the map is full: nothing was noted, though a key already known would still find room.</returns>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        var hash = HashOf(key);
        ref var slot = ref Find(_slots, hash);
        if (slot.IsEmpty)
        {
            if (Count + 1 > (long)(_slots.Length * _loadFactor))
            {
                if (_slots.Length == _maxSlots)
                    return false;
                Grow();
                slot = ref Find(_slots, hash);
            }

            Count++;
        }

        slot = new Slot(hash, offset + 1);
        return true;
    }

    /// <summary>-1 for a key that is not in the map.</summary>
    public long OffsetOf(ReadOnlySpan<byte> key) => Find(_slots, HashOf(key)).OffsetPlusOne - 1;

    private static UInt128 HashOf(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    /// <summary>The key's slot, or the empty one where it belongs. There always is one: the load factor is below 1.</summary>
    private static ref Slot Find(Slot[] slots, UInt128 hash)
    {
        var index = (int)Math.BigMul((ulong)(hash >> 64), (ulong)slots.Length, out _);
        while (!slots[index].IsEmpty && slots[index].Hash != hash)
            index = index + 1 == slots.Length ? 0 : index + 1;
        return ref slots[index];
    }

    private void Grow()
    {
        var larger = new Slot[(int)Math.Min(_slots.Length * 2L, _maxSlots)];
        foreach (ref readonly var slot in _slots.AsSpan())
        {
            if (!slot.IsEmpty)
                Find(larger, slot.Hash) = slot;
        }

        _slots = larger;
    }

    /// <summary>24 bytes: two words keep it free of the padding that a 128-bit number would ask for.</summary>
    private readonly struct Slot(UInt128 hash, long offsetPlusOne)
    {
        private readonly ulong _high = (ulong)(hash >> 64);
        private readonly ulong _low = (ulong)hash;

        public UInt128 Hash => new(_high, _low);

        public long OffsetPlusOne { get; } = offsetPlusOne;

        public bool IsEmpty => OffsetPlusOne == 0;
    }
}
