using System.Text;
using Broker.Storage.Compaction;
using CsCheck;

namespace Broker.Storage.Tests;

public sealed class OffsetMapTests
{
    [Fact]
    public void knows_the_newest_offset_of_each_key_as_a_dictionary_would() => Gen.Int[0, 3000].Array[0, 5000].Sample(
        keys =>
        {
            var map = new OffsetMap(1 << 20, 0.9);
            var expected = new Dictionary<int, long>();
            for (var offset = 0; offset < keys.Length; offset++)
            {
                Assert.True(map.TryPut(Key(keys[offset]), offset));
                expected[keys[offset]] = offset;
            }

            Assert.Equal(expected.Count, map.Count);
            for (var key = 0; key <= 3000; key++)
                Assert.Equal(expected.GetValueOrDefault(key, -1), map.OffsetOf(Key(key)));
        },
        iter: 30);

    [Fact]
    public void takes_no_new_key_when_full_but_newer_offsets_of_those_it_has()
    {
        var map = new OffsetMap(24 * 10, 0.9);
        for (var key = 0; key < 9; key++)
            Assert.True(map.TryPut(Key(key), key));

        Assert.False(map.TryPut(Key(9), 9));
        Assert.True(map.TryPut(Key(4), 10));
        Assert.Equal((9, 1, 10, -1), (map.Count, map.Utilization, map.OffsetOf(Key(4)), map.OffsetOf(Key(9))));
    }

    [Fact]
    public void a_key_of_no_bytes_is_a_key()
    {
        var map = new OffsetMap(1000, 0.9);
        map.TryPut([], 0);

        Assert.Equal((0, -1), (map.OffsetOf([]), map.OffsetOf([0])));
    }

    private static byte[] Key(int key) => Encoding.UTF8.GetBytes($"key-{key}");
}
