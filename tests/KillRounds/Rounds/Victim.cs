namespace KillRounds.Rounds;

/// <summary>The broker's process, on one port and one directory for all its lives.</summary>
/// <param name="directory">The data.</param>
/// <param name="log">A file for what the broker logs in all its lives.</param>
/// <param name="random">Chooses moments.</param>
internal sealed class Victim(string directory, string log, Random random) : IAsyncDisposable
{
    /// <summary>By SIGKILL, as the system reports it.</summary>
    private const int Killed = 128 + 9;
    private const int MostLateKills = 20;

    /// <summary>
    /// Members come at once and are missed soon; segments are small, retention and compaction look all the time, so that kills meet all of
    /// them, in the topics of groups and transactions too.
    /// </summary>
    private static readonly string[] Settings =
    [
        "--group.initial.rebalance.delay.ms", "0",
        "--group.min.session.timeout.ms", "1000",
        "--group.consumer.session.timeout.ms", "2500", "--group.consumer.min.session.timeout.ms", "1000",
        "--group.consumer.heartbeat.interval.ms", "300", "--group.consumer.min.heartbeat.interval.ms", "300",
        "--offsets.topic.num.partitions", "3", "--transaction.state.log.num.partitions", "3",
        "--log.segment.bytes", "65536", "--offsets.topic.segment.bytes", "16384", "--transaction.state.log.segment.bytes", "16384",
        "--log.retention.check.interval.ms", "100", "--log.cleaner.backoff.ms", "100", "--log.cleaner.min.cleanable.ratio", "0.1",
        "--transaction.abort.timed.out.transaction.cleanup.interval.ms", "500",
    ];

    private readonly int _port = Ports.Free();
    private HostProcess _host = null!;

    /// <summary>Changes of the directory by the last start that became ready.</summary>
    private int _changesOfAStart = 1;

    public string BootstrapServers => $"127.0.0.1:{_port}";

    public int KillsInRecovery { get; private set; }

    public async Task StartAsync()
    {
        using var changes = new Changes(directory, int.MaxValue);
        _host = await Begin().ReadyAsync();
        _changesOfAStart = Math.Max(1, changes.Count);
    }

    public void Freeze() => _host.Freeze();

    public void Thaw() => _host.Thaw();

    public async Task KillAsync()
    {
        _host.Kill();
        await EndAsync(Killed);
    }

    public async Task StopAsync()
    {
        _host.Terminate();
        await EndAsync(exitCode: 0);
    }

    /// <summary>
    /// Starts and kills before it is ready: at a change of the directory that is chosen at random among those that a start makes. What comes
    /// too late is done again, earlier.
    /// </summary>
    public async Task KillInRecoveryAsync()
    {
        for (var (most, late) = (_changesOfAStart, 0); late < MostLateKills; most = Math.Max(1, most / 2), late++)
        {
            using var changes = new Changes(directory, random.Next(1, most + 1));
            _host = Begin();
            var ready = _host.ReadyAsync();
            if (await Task.WhenAny(changes.Reached, ready) == ready)
                await ready;
            await KillAsync();
            if (!await CameAsync(ready))
            {
                KillsInRecovery++;
                return;
            }
        }

        Assert.Fail("every kill came after the start");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    /// <summary>Nothing that happens here is an error to the broker, which says so where it loses something or cannot go on.</summary>
    private async Task EndAsync(int exitCode)
    {
        var code = await _host.EndAsync();
        await File.AppendAllTextAsync(log, $"{_host.Errors}ended with {code}\n");
        Assert.True(code == exitCode, $"the broker ended by itself with {code}: {_host.Errors}");
        Assert.DoesNotContain(" fail: ", _host.Errors);
        Assert.DoesNotContain(" crit: ", _host.Errors);
        await _host.DisposeAsync();
    }

    private HostProcess Begin() => HostProcess.Start(directory, [.. Settings, "--listeners", $"PLAINTEXT://{BootstrapServers}"]);

    private static async Task<bool> CameAsync(Task ready)
    {
        try
        {
            await ready;
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
