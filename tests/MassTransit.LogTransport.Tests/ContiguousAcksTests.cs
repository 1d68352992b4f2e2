using MassTransit.LogTransport.Receiving;

namespace MassTransit.LogTransport.Tests;

public sealed class ContiguousAcksTests
{
    [Fact]
    public void nothing_is_known_before_a_record_is_finished()
    {
        var acks = new ContiguousAcks();
        Assert.Null(acks.Position);
        Assert.Null(acks.FirstUnfinished);

        acks.Deliver(7);

        Assert.Null(acks.Position);
        Assert.Equal(7, acks.FirstUnfinished);
    }

    [Fact]
    public void in_every_order_of_finishing_the_position_is_the_first_unfinished_offset()
    {
        long[] offsets = [3, 4, 6, 7, 20, 21];

        foreach (var order in Permutations(offsets))
        {
            var acks = new ContiguousAcks();
            var unfinished = new SortedSet<long>(offsets);
            var last = 3L;
            foreach (var offset in offsets)
                acks.Deliver(offset);

            foreach (var offset in order)
            {
                unfinished.Remove(offset);
                var moved = acks.Finish(offset);

                // Everything below the position is finished, nothing at or above the first unfinished record is skipped.
                var first = unfinished.Count == 0 ? offsets[^1] + 1 : unfinished.Min;
                var prefix = offsets.Where(x => x < first).ToArray();
                Assert.Equal(prefix.Length == 0 ? null : prefix[^1] + 1, acks.Position);
                Assert.Equal(moved, acks.Position != null && acks.Position != last);
                Assert.Equal(unfinished.Count == 0 ? null : unfinished.Min, acks.FirstUnfinished);
                Assert.Equal(unfinished.Count, acks.Unfinished);
                Assert.Equal(offsets.Count(x => x >= first), acks.Uncommitted);
                last = acks.Position ?? last;
            }

            Assert.Equal(22, acks.Position);
        }
    }

    [Fact]
    public void deliveries_and_finishes_in_every_interleaving_never_skip_a_record()
    {
        foreach (var plan in Interleavings(5))
        {
            var acks = new ContiguousAcks();
            var delivered = 0L;
            var unfinished = new SortedSet<long>();

            foreach (var choice in plan)
            {
                if (choice < 0)
                {
                    acks.Deliver(delivered);
                    unfinished.Add(delivered++);
                }
                else
                {
                    var offset = unfinished.ElementAt(choice);
                    unfinished.Remove(offset);
                    acks.Finish(offset);
                }

                var first = unfinished.Count == 0 ? delivered : unfinished.Min;
                Assert.Equal(first == 0 ? null : first, acks.Position);
            }
        }
    }

    [Fact]
    public void finishing_twice_or_what_was_never_delivered_changes_nothing()
    {
        var acks = new ContiguousAcks();
        acks.Deliver(0);
        acks.Deliver(1);

        Assert.True(acks.Finish(0));
        Assert.False(acks.Finish(0));
        Assert.False(acks.Finish(9));
        Assert.Equal(1, acks.Position);
        Assert.Equal(1, acks.Unfinished);
    }

    [Fact]
    public void an_offset_that_does_not_rise_is_refused()
    {
        var acks = new ContiguousAcks();
        acks.Deliver(5);

        Assert.Throws<ArgumentOutOfRangeException>(() => acks.Deliver(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => acks.Deliver(4));
        acks.Finish(5);
        Assert.Throws<ArgumentOutOfRangeException>(() => acks.Deliver(5));
    }

    private static IEnumerable<long[]> Permutations(long[] items)
    {
        if (items.Length == 0)
            return [[]];

        return items.SelectMany(first => Permutations(items.Where(x => x != first).ToArray()).Select(rest => (long[])[first, .. rest]));
    }

    /// <summary>Every way to deliver and finish so many records: -1 delivers the next, another number finishes that one of the unfinished.</summary>
    private static IEnumerable<int[]> Interleavings(int records)
    {
        return Extend([], 0, 0);

        IEnumerable<int[]> Extend(int[] plan, int delivered, int unfinished)
        {
            if (delivered == records && unfinished == 0)
                yield return plan;

            if (delivered < records)
            {
                foreach (var longer in Extend([.. plan, -1], delivered + 1, unfinished + 1))
                    yield return longer;
            }

            for (var choice = 0; choice < unfinished; choice++)
            {
                foreach (var longer in Extend([.. plan, choice], delivered, unfinished - 1))
                    yield return longer;
            }
        }
    }
}
