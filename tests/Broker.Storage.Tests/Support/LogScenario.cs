using System.Text;
using Broker.Records;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Broker.Storage.Tests.Support;

/// <summary>A log in a directory of its own, and the few words in which the tests speak about it.</summary>
internal sealed class LogScenario : IDisposable
{
    public const int Epoch = 7;

    private readonly TempDirectory _temp = new();

    public LogScenario(LogOptions? options = null)
    {
        Clock = new SettableClock(Time);
        Options = options ?? new LogOptions();
        Log = Open(Directory);
    }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));

    /// <summary>What the log goes by: <see cref="Time"/>, until somebody sets it.</summary>
    public SettableClock Clock { get; }

    /// <summary>No test that uses it cuts the power, so the page cache is as good as the disk, and much faster.</summary>
    public FaultyDisk Disk { get; } = new(Storage.Disks.Disk.Real, skipsFlush: true);

    public LogOptions Options { get; set; }

    public string Directory => Path.Combine(_temp.Path, "orders-0");

    public PartitionLog Log { get; private set; }

    public long NowMs => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Files of the log with this suffix, oldest first.</summary>
    public string[] Files(string suffix) => [.. System.IO.Directory.GetFiles(Directory, "*" + suffix).Order()];

    public PartitionLog Open(string directory) => PartitionLog.Open(directory, Options, Clock, NullLogger.Instance, Disk);

    /// <summary>A batch of <paramref name="count"/> records with values v0, v1, …</summary>
    public byte[] Batch(int count = 1, string value = "v", long? timestamp = null, CompressionType compression = CompressionType.None)
    {
        var builder = new RecordBatchBuilder(compression);
        for (var i = 0; i < count; i++)
            builder.Add(timestamp ?? NowMs, null, Encoding.UTF8.GetBytes(value + i));
        return builder.Build();
    }

    public static byte[] ProducerBatch(long producerId, short epoch, int sequence, int count = 1, long timestamp = 1_700_000_000_000, bool transactional = false)
    {
        var builder = new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = transactional };
        for (var i = 0; i < count; i++)
            builder.Add(timestamp, null, [(byte)i]);
        return builder.Build();
    }

    public AppendResult Append(int count = 1, string value = "v", long? timestamp = null) => Log.Append(Batch(count, value, timestamp), Epoch);

    public AppendResult Append(byte[] batch) => Log.Append(batch, Epoch);

    public void CleanStop() => Log.Dispose();

    public PartitionLog Start() => Log = Open(Directory);

    public PartitionLog Restart()
    {
        CleanStop();
        return Start();
    }

    /// <summary>The directory as kill -9 would leave it now, elsewhere.</summary>
    public string CrashImage(string? name = null)
    {
        var image = Path.Combine(_temp.Path, name ?? Guid.NewGuid().ToString("N"));
        System.IO.Directory.CreateDirectory(image);
        foreach (var file in System.IO.Directory.GetFiles(Directory))
            File.Copy(file, Path.Combine(image, Path.GetFileName(file)));
        return image;
    }

    /// <summary>Every record from the log start to the end as offset=value, read as a consumer would.</summary>
    public static string Dump(PartitionLog log)
    {
        var text = new StringBuilder();
        for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            using var slice = log.Read(offset, 1000, long.MaxValue, minOneBatch: true) ?? throw new InvalidOperationException($"nothing at {offset}");
            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            ReadOnlySpan<byte> rest = bytes;
            while (RecordBatch.TryTake(ref rest, out var batch, out var header))
            {
                Assert.True(RecordBatch.IsIntact(batch, out _));
                using var reader = new RecordReader(batch);
                while (reader.Read(out var record))
                {
                    if (record.Offset >= offset)
                        text.Append(record.Offset).Append('=').Append(Encoding.UTF8.GetString(record.Value)).Append(' ');
                }

                offset = header.NextOffset;
            }

            Assert.True(rest.IsEmpty);
        }

        return text.ToString().TrimEnd();
    }

    public void Dispose()
    {
        Log.Dispose();
        _temp.Dispose();
    }
}
