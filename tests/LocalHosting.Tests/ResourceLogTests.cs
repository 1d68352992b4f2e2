using Microsoft.Extensions.Time.Testing;

namespace LocalHosting.Tests;

public sealed class ResourceLogTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("resource-log-");

    [Fact]
    public void the_last_ten_thousand_lines_are_kept_in_memory_and_all_in_the_file()
    {
        using var log = Open();
        for (var i = 1; i <= 10_001; i++)
        {
            log.Add($"line {i}", isError: false);
        }

        Assert.Equal(10_000, log.Lines.Count);
        Assert.Equal(new LogLine(2, "line 2", IsErrorMessage: false), log.Lines[0]);
        Assert.Equal(10_001, File.ReadLines(log.File).Count());
    }

    [Fact]
    public void the_file_has_time_and_stream_and_no_colours()
    {
        using var log = Open();

        log.Add("\u001b[41m\u001b[30mfail\u001b[39m\u001b[22m: broken", isError: true);

        Assert.Equal(["2000-01-01T00:00:00.000Z err fail: broken"], File.ReadAllLines(log.File));
        Assert.Contains('\u001b', log.Lines.Single().Content);
    }

    [Fact]
    public async Task a_watcher_gets_what_is_there_and_then_what_comes()
    {
        using var log = Open();
        log.Add("before", isError: false);
        await using var watch = log.WatchAsync(TestApplication.Deadline).GetAsyncEnumerator();

        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("before", watch.Current.Single().Content);
        log.Add("after", isError: false);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("after", watch.Current.Single().Content);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private ResourceLog Open() => new(Path.Combine(_directory.FullName, "deep", "child.log"), new FakeTimeProvider(DateTimeOffset.Parse("2000-01-01Z")));
}
