using Broker.Groups;
using Broker.Protocol;
using Broker.Transactions;

namespace Broker.Tests.Transactions;

/// <summary>Epochs run out after 32,767 of them; the producer then goes on under another id.</summary>
public sealed class EpochTests
{
    private const short Last = TransactionState.LastUsableEpoch;
    private static readonly TransactionalProducer Producer = new(5, Last);
    private static readonly TransactionState Open = new()
    {
        ProducerId = 5,
        ProducerEpoch = Last,
        Status = TransactionStatus.Ongoing,
        Partitions = new HashSet<TopicPartition> { new("one", 0) },
    };

    [Fact]
    public void the_end_of_the_last_transaction_leads_to_a_new_id()
    {
        var ending = Next(Open.End(Producer, commit: true, TransactionState.SecondDialect, 1, () => 6));
        var complete = ending.Complete(2);

        Assert.Equal((5, short.MaxValue, 6), (ending.ProducerId, ending.ProducerEpoch, ending.NextProducerId));
        Assert.Equal((6, (short)0, 5, -1), (complete.ProducerId, complete.ProducerEpoch, complete.PreviousProducerId, complete.NextProducerId));
    }

    [Fact]
    public void the_same_end_again_is_known_by_the_id_before()
    {
        var complete = Next(Open.End(Producer, commit: true, TransactionState.SecondDialect, 1, () => 6)).Complete(2);

        Assert.Equal(Transition.None, complete.End(Producer, commit: true, TransactionState.SecondDialect, 3, () => 7));
        Assert.Equal(ErrorCode.InvalidTxnState, complete.End(Producer, commit: false, TransactionState.SecondDialect, 3, () => 7).Error);
    }

    [Fact]
    public void a_new_producer_gets_a_new_id_and_so_does_one_that_names_the_last_epoch()
    {
        var done = Open with { Status = TransactionStatus.CompleteCommit };

        var fresh = Next(done.Init(1000, null, 1, () => 6));
        var known = Next(done.Init(1000, Producer, 1, () => 6));
        var again = Next(known.Init(1000, Producer, 2, () => 7));

        Assert.Equal((6, (short)0, (short)-1), (fresh.ProducerId, fresh.ProducerEpoch, fresh.LastProducerEpoch));
        Assert.Equal((6, (short)0, Last), (known.ProducerId, known.ProducerEpoch, known.LastProducerEpoch));
        Assert.Equal((6, (short)0), (again.ProducerId, again.ProducerEpoch));
    }

    [Fact]
    public void a_fence_never_passes_the_highest_epoch()
    {
        var once = Open.Fence(1);
        var twice = (once with { Status = TransactionStatus.Ongoing }).Fence(2);

        Assert.Equal((short.MaxValue, short.MaxValue), (once.ProducerEpoch, twice.ProducerEpoch));
        Assert.Equal(6, Next((once with { Status = TransactionStatus.CompleteAbort }).Init(1000, null, 3, () => 6)).ProducerId);
    }

    [Fact]
    public void stored_and_read_again_everything_but_the_last_epoch_is_as_it_was()
    {
        var state = Open with { PreviousProducerId = 4, NextProducerId = 6, TimeoutMs = 7, StartTimestampMs = 8, LastUpdateTimestampMs = 9, ClientVersion = 2 };

        var read = TransactionRecordFormat.Read(TransactionRecordFormat.Key("id"), TransactionRecordFormat.Value(state))!.Value;

        Assert.Equal("id", read.TransactionalId);
        Assert.Equal(state.Partitions, read.State!.Partitions);
        Assert.Equal(state, read.State with { Partitions = state.Partitions });
        Assert.Null(TransactionRecordFormat.Read(TransactionRecordFormat.Key("id"), null)!.Value.State);
    }

    [Fact]
    public void a_value_of_kafkas_first_version_is_read()
    {
        byte[] value =
        [
            0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 3, 0, 0, 0x03, 0xE8, 1, 0, 0, 0, 1, 0, 1, (byte)'x', 0, 0, 0, 1, 0, 0, 0, 2,
            0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 8,
        ];

        var state = TransactionRecordFormat.Read(TransactionRecordFormat.Key("id"), value)!.Value.State!;

        Assert.Equal((5, (short)3, 1000, TransactionStatus.Ongoing, 9, 8), (state.ProducerId, state.ProducerEpoch, state.TimeoutMs, state.Status, state.LastUpdateTimestampMs, state.StartTimestampMs));
        Assert.Equal([new TopicPartition("x", 2)], state.Partitions);
        Assert.Throws<InvalidDataException>(() => TransactionRecordFormat.Read(TransactionRecordFormat.Key("id"), value[..^1]));
    }

    private static TransactionState Next(Transition transition)
    {
        Assert.Equal(ErrorCode.None, transition.Error);
        return transition.Next!;
    }
}
