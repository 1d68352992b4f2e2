using System.Globalization;
using Broker.Storage.Inspection;

namespace Broker.Host.Offline;

/// <summary>What <c>--verify</c> and <c>--dump</c> do: they look at a data directory without a broker, and change nothing.</summary>
internal sealed class DataInspection(string dataDirectory, TextWriter output, TextWriter error)
{
    public const int Sound = 0;
    public const int Damaged = 1;

    /// <summary>In use, not there, not allowed, or not asked for in words that can be understood.</summary>
    public const int CouldNotLook = BrokerProcess.Misconfigured;

    /// <returns>The process' exit code: <see cref="Damaged"/> when acknowledged records or a file that no broker starts without are lost.</returns>
    public int Verify() => Look(() =>
    {
        using var data = DataVerification.Open(dataDirectory);
        foreach (var finding in data.State)
            output.WriteLine(finding);

        var logs = 0;
        var withFindings = 0;
        var damaged = 0;
        foreach (var report in data.VerifyLogs())
        {
            report.WriteTo(output);
            logs++;
            withFindings += report.Findings.Count > 0 ? 1 : 0;
            damaged += report.IsSound ? 0 : 1;
        }

        var files = data.State.Count(f => f.Kind == FindingKind.Damage);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{logs} partitions, {withFindings} with findings, {damaged} damaged, and {files} state files damaged: {Path.GetFullPath(dataDirectory)}"));
        return damaged + files == 0 ? Sound : Damaged;
    });

    /// <returns>The process' exit code: <see cref="Damaged"/> when damage kept it from printing to the end.</returns>
    public int Dump(DumpRequest request) => Look(() =>
    {
        if (LogInspection.Dump(output, dataDirectory, request.Topic, request.Partition, request.Options) is not { } damage)
            return Sound;

        error.WriteLine(damage);
        return Damaged;
    });

    private int Look(Func<int> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return CouldNotLook;
        }
    }
}
