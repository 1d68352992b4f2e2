using System.Diagnostics;
using Broker.Storage.Tests.Support;

namespace Broker.Storage.Tests;

public sealed class PreallocationTests
{
    private const int SegmentBytes = 1 << 20;

    [Fact]
    public void a_segment_has_its_room_from_its_first_record_and_gives_back_what_it_did_not_need()
    {
        using var scenario = new LogScenario(new LogOptions { Preallocate = true, SegmentBytes = SegmentBytes });
        scenario.Append();
        var file = scenario.Files(SegmentNames.Log)[0];
        if (Allocated(file) < SegmentBytes)
            Assert.Skip("This file system sets no room aside.");

        Assert.Equal(scenario.Log.SizeInBytes, new FileInfo(file).Length);
        for (var i = 0; i < 3; i++)
            scenario.Append(value: new string('x', 400_000));

        var files = scenario.Files(SegmentNames.Log);
        Assert.Equal(2, files.Length);
        Assert.True(Allocated(files[0]) < new FileInfo(files[0]).Length + 65_536);
        Assert.True(Allocated(files[1]) >= SegmentBytes);
        scenario.CleanStop();
        Assert.True(Allocated(files[1]) < new FileInfo(files[1]).Length + 65_536);
        Assert.Equal(4, scenario.Start().LogEndOffset);
    }

    [Fact]
    public void a_kill_leaves_a_file_of_its_true_length()
    {
        using var scenario = new LogScenario(new LogOptions { Preallocate = true, SegmentBytes = SegmentBytes });
        scenario.Append();

        using var log = scenario.Open(scenario.CrashImage());

        Assert.Equal("0=v0", LogScenario.Dump(log));
    }

    private static long Allocated(string path)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%b", path]) { RedirectStandardOutput = true })!;
        return long.Parse(stat.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture) * 512;
    }
}
