using System.Globalization;
using Broker.Storage.Inspection;

namespace Broker.Host.Offline;

/// <summary>What <c>--verify</c> and <c>--dump</c> do: they look at a data directory without a broker, and change nothing.</summary>
internal sealed class DataInspection(string dataDirectory, TextWriter output, TextWriter error)
{
    public const int Sound = 0;
    public const int Damaged = 1;

    /// <returns>The process' exit code: <see cref="Damaged"/> when acknowledged records are lost.</returns>
    public int Verify()
    {
        var logs = 0;
        var withFindings = 0;
        var damaged = 0;
        foreach (var report in LogInspection.Verify(dataDirectory))
        {
            report.WriteTo(output);
            logs++;
            withFindings += report.Findings.Count > 0 ? 1 : 0;
            damaged += report.IsSound ? 0 : 1;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{logs} partitions, {withFindings} with findings, {damaged} damaged: {Path.GetFullPath(dataDirectory)}"));
        return damaged == 0 ? Sound : Damaged;
    }

    /// <returns>The process' exit code: <see cref="Damaged"/> when damage kept it from printing to the end.</returns>
    public int Dump(DumpRequest request)
    {
        if (LogInspection.Dump(output, dataDirectory, request.Topic, request.Partition, request.Options) is not { } damage)
            return Sound;

        error.WriteLine(damage);
        return Damaged;
    }
}
