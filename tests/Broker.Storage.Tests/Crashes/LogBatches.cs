using Broker.Records;

namespace Broker.Storage.Tests.Crashes;

/// <summary>Batches of all kinds, no two alike.</summary>
/// <param name="random">For what is in them.</param>
/// <param name="keys">How many different keys their records have; 0 for none.</param>
internal sealed class LogBatches(Random random, int keys = 0)
{
    public byte[] Plain(int records = 1) => Build(new RecordBatchBuilder(), records);

    /// <summary>The next one of a producer, as the log remembers it.</summary>
    public byte[] Of(long producerId, PartitionLog log, bool transactional, int records = 1) =>
        Build(
            new RecordBatchBuilder
            {
                ProducerId = producerId,
                ProducerEpoch = 0,
                BaseSequence = log.Producers.Find(producerId)?.NextSequence ?? 0,
                IsTransactional = transactional,
            },
            records);

    public byte[] Marker(long producerId, bool commit) => RecordBatchBuilder.EndTransactionMarker(Timestamp(), producerId, 0, commit, coordinatorEpoch: 0);

    private byte[] Build(RecordBatchBuilder builder, int records)
    {
        for (var i = 0; i < records; i++)
        {
            var value = new byte[random.Next(1, 300)];
            random.NextBytes(value);
            builder.Add(Timestamp(), keys == 0 ? null : [(byte)random.Next(keys)], keys > 0 && random.Next(6) == 0 ? null : value);
        }

        return builder.Build();
    }

    private long Timestamp() => 1_700_000_000_000 + random.Next(1000);
}
