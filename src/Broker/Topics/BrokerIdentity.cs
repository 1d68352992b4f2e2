using System.Buffers.Text;
using Broker.Storage;

namespace Broker.Topics;

/// <summary>
/// What must never go back or be given twice across restarts: cluster id, leader epoch, producer ids. Kept in
/// <c>broker.json</c> of the data directory, which the caller holds locked. Safe for use by any thread.
/// </summary>
internal sealed class BrokerIdentity
{
    public const string FileName = "broker.json";

    private const int ProducerIdBlock = 1000;

    private readonly Lock _lock = new();
    private readonly DataDirectory _directory;
    private BrokerFile _file;
    private long _nextProducerId;

    private BrokerIdentity(DataDirectory directory, BrokerFile file)
    {
        _directory = directory;
        _file = file;
        _nextProducerId = file.NextProducerId;
    }

    public string ClusterId => _file.ClusterId;

    /// <summary>The leader epoch of every partition for as long as this process runs.</summary>
    public int LeaderEpoch => _file.LeaderEpoch;

    /// <exception cref="InvalidDataException">The file is damaged, or is missing where there are topics: what it says would begin anew.</exception>
    public static BrokerIdentity Open(DataDirectory directory)
    {
        var last = StateFile.Read(directory, FileName, static () => StateFileJson.Default.BrokerFile);
        if (last is null && directory.Read(TopicCatalog.FileName) is not null)
        {
            throw new InvalidDataException(
                $"{Path.Combine(directory.Path, FileName)} is missing, and there are topics: leader epochs and producer ids would be given out again. Restore it or move the data directory away.");
        }

        last ??= new BrokerFile(NewClusterId(), -1, 0);
        var identity = new BrokerIdentity(directory, last with { LeaderEpoch = last.LeaderEpoch + 1 });
        identity.Save();
        return identity;
    }

    /// <summary>A producer id nobody had before; blocks, so that one in a thousand calls waits for the disk.</summary>
    /// <exception cref="IOException">The next block could not be made durable; no id was given out.</exception>
    public long NextProducerId()
    {
        lock (_lock)
        {
            if (_nextProducerId == _file.NextProducerId)
            {
                var before = _file;
                _file = before with { NextProducerId = before.NextProducerId + ProducerIdBlock };
                try
                {
                    Save();
                }
                catch
                {
                    _file = before;
                    throw;
                }
            }

            return _nextProducerId++;
        }
    }

    private void Save() => StateFile.Replace(_directory, FileName, _file, StateFileJson.Default.BrokerFile);

    private static string NewClusterId() => Base64Url.EncodeToString(Guid.NewGuid().ToByteArray());
}
