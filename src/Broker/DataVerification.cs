using Broker.Storage.Disks;
using Broker.Storage.Inspection;
using Broker.Topics;

namespace Broker;

/// <summary>
/// A data directory checked without a broker: the broker's own files, the logs that <c>topics.json</c> names, whether they are there and
/// what is in them, and what lies there beside. Brokers are kept out until Dispose, and nothing is changed. For one caller at a time.
/// </summary>
public sealed class DataVerification : IDisposable
{
    private readonly InspectedDirectory _directory;
    private readonly IReadOnlyList<string> _logs;
    private readonly TopicsFile? _topics;

    private DataVerification(InspectedDirectory directory)
    {
        _directory = directory;
        _logs = [.. directory.Directories.Where(directory.IsLog)];
        State = Check(out _topics);
    }

    /// <summary>What is to be said of the broker's own files, and of directories that are no logs.</summary>
    public IReadOnlyList<Finding> State { get; }

    /// <summary>Opens a data directory and checks the broker's own files.</summary>
    /// <param name="dataDirectory">Where <c>log.dirs</c> points.</param>
    /// <param name="disk">The file system; the machine's own when null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory, or nothing of a broker in it.</exception>
    /// <exception cref="Storage.DataDirectoryInUseException">A broker has it open.</exception>
    public static DataVerification Open(string dataDirectory, Disk? disk = null)
    {
        var directory = InspectedDirectory.Open(dataDirectory, disk);
        try
        {
            var verification = new DataVerification(directory);
            return verification._logs.Count > 0 || StateFiles.All.Any(f => directory.Read(f.Name) is not null)
                ? verification
                : throw new DirectoryNotFoundException($"There is nothing of a broker in {directory.Path}.");
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Reads one log after the other from end to end, by name: those that topics have, and those of no topic.</summary>
    public IEnumerable<PartitionReport> VerifyLogs()
    {
        var named = Named();
        foreach (var log in _logs.Union(named.Keys).Order(StringComparer.Ordinal))
        {
            var what = named.GetValueOrDefault(log);
            if (_logs.Contains(log))
                yield return Verify(log, what);
            else if (what == Expected.There)
                yield return PartitionReport.Unread(log, new(FindingKind.Damage, log, Finding.Whole, $"{TopicCatalog.FileName} names it, and there is no log; the next start leaves the partition offline"));
        }
    }

    /// <summary>Lets brokers in.</summary>
    public void Dispose() => _directory.Dispose();

    private PartitionReport Verify(string log, Expected what)
    {
        var report = _directory.Verify(log);
        var note = _topics is null ? null : what switch
        {
            Expected.No => $"it is of no topic in {TopicCatalog.FileName}, and not used",
            Expected.Deleting => "its topic was deleted; the next start removes it",
            _ => null,
        };
        return note is null ? report : report with { Findings = [.. report.Findings, new(FindingKind.Note, log, Finding.Whole, note)] };
    }

    private Dictionary<string, Expected> Named() => (_topics?.Topics ?? [])
        .SelectMany(topic => Enumerable.Range(0, topic.Partitions).Select(index => (
            Name: TopicLogs.NameOf(topic.Name, index),
            What: topic.Deleting ? Expected.Deleting : index < (topic.CreatingFrom ?? topic.Partitions) ? Expected.There : Expected.Creating)))
        .ToDictionary(p => p.Name, p => p.What, StringComparer.Ordinal);

    private List<Finding> Check(out TopicsFile? topics)
    {
        topics = null;
        var findings = new List<Finding>();
        var found = new Dictionary<string, object>();
        foreach (var (name, content) in StateFiles.All)
        {
            try
            {
                if (_directory.Read(name) is { } bytes)
                    found[name] = StateFile.Parse(bytes, name, content);
                else if (IsNeeded(name))
                    findings.Add(new(FindingKind.Damage, name, Finding.Whole, "it is missing; no broker starts without it where there were topics"));
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                findings.Add(new(FindingKind.Damage, name, Finding.Whole, $"no broker starts with it: {e.Message}"));
            }
        }

        topics = found.GetValueOrDefault(TopicCatalog.FileName) as TopicsFile;
        foreach (var stray in _directory.Directories.Where(d => d.EndsWith(TopicLogs.StraySuffix, StringComparison.Ordinal)))
            findings.Add(new(FindingKind.Note, stray, Finding.Whole, "it was in the way of a new topic and moved aside; it may be deleted"));
        return findings;
    }

    private bool IsNeeded(string stateFile) => stateFile switch
    {
        TopicCatalog.FileName => _logs.Count > 0,
        BrokerIdentity.FileName => _logs.Count > 0 || _directory.Read(TopicCatalog.FileName) is not null,
        _ => false,
    };

    private enum Expected
    {
        No,
        There,
        Creating,
        Deleting,
    }
}
