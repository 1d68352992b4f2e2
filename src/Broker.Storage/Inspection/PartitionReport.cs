using System.Globalization;

namespace Broker.Storage.Inspection;

/// <summary>What one partition's log was found to be.</summary>
/// <param name="Name">Name of its directory: topic, hyphen, number.</param>
/// <param name="LogStartOffset">First offset that may be read.</param>
/// <param name="LogEndOffset">Offset after the last intact record.</param>
/// <param name="FlushedOffset">Every record below was known to be on disk; -1 when the checkpoint cannot be read.</param>
/// <param name="ClosedCleanly">The next start trusts it without a check.</param>
/// <param name="Segments">Their number.</param>
/// <param name="Batches">Intact ones.</param>
/// <param name="Records">In the intact batches.</param>
/// <param name="SizeInBytes">Of the intact batches.</param>
/// <param name="Findings">In the order of files; empty when there is nothing to say.</param>
public sealed record PartitionReport(
    string Name,
    long LogStartOffset,
    long LogEndOffset,
    long FlushedOffset,
    bool ClosedCleanly,
    int Segments,
    long Batches,
    long Records,
    long SizeInBytes,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>Of a log that is not there or cannot be read.</summary>
    public static PartitionReport Unread(string name, Finding finding) => new(name, 0, 0, -1, false, 0, 0, 0, 0, [finding]);

    /// <summary>Nothing acknowledged is lost.</summary>
    public bool IsSound => Findings.All(static f => f.Kind != FindingKind.Damage);

    /// <summary>One line, and one for each finding.</summary>
    public void WriteTo(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {(IsSound ? "sound" : "DAMAGED")}, offsets {LogStartOffset} to {LogEndOffset}, {Records} records in {Batches} batches, {Segments} segments, {SizeInBytes} bytes, {(ClosedCleanly ? "closed cleanly" : "not closed cleanly")}"));
        foreach (var finding in Findings)
            output.WriteLine($"  {finding}");
    }
}
