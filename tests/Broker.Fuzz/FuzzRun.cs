using System.Diagnostics;

namespace Broker.Fuzz;

/// <summary>
/// Feeds a target with inputs made of its seeds until the time is up, or until one makes it throw, hang or allocate beyond its bound;
/// that one is printed in hexadecimal, to be tried again with --input and to be added to the corpus. The same seed makes the same
/// inputs in the same order.
/// </summary>
internal sealed class FuzzRun(FuzzTarget target, int seed, TextWriter output)
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private volatile byte[] _input = [];
    private long _began;

    /// <returns>Whether nothing was found.</returns>
    public async Task<bool> MutateAsync(TimeSpan time)
    {
        output.WriteLine($"{target.Name}: {target.Seeds.Count} seeds in the corpus, random seed {seed}, {time.TotalSeconds:0} s");
        Volatile.Write(ref _began, Stopwatch.GetTimestamp());
        using var watch = new Timer(_ => EndIfHanging(), null, Hang, Hang);
        foreach (var good in target.Seeds)
        {
            if (!await TryAsync(good))
                return false;
        }

        var mutator = new Mutator(target.Seeds, seed);
        var started = Stopwatch.GetTimestamp();
        long inputs = 0;
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            if (!await TryAsync(mutator.Next()))
                return false;
            inputs++;
        }

        output.WriteLine($"{target.Name}: {inputs} inputs, nothing found");
        return true;
    }

    /// <returns>Whether the target took the input as it should.</returns>
    public async Task<bool> TryAsync(byte[] input)
    {
        _input = input;
        Volatile.Write(ref _began, Stopwatch.GetTimestamp());
        try
        {
            // Twice, because the first time through new code the runtime takes memory of its own.
            if (await AllocatedAsync(input) <= target.MaxAllocated(input.Length))
                return true;
            var allocated = await AllocatedAsync(input);
            return allocated <= target.MaxAllocated(input.Length)
                || Report(input, $"allocated {allocated} bytes for {input.Length}, more than {target.MaxAllocated(input.Length)}");
        }
#pragma warning disable CA1031 // Whatever it throws is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Report(input, e.ToString());
        }
    }

    private async Task<long> AllocatedAsync(byte[] input)
    {
        // A copy, because the code under test may write into what it is given.
        byte[] own = [.. input];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var running = target.RunAsync(own);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        await running;
        return allocated;
    }

    private bool Report(byte[] input, string what)
    {
        output.WriteLine($"{target.Name}: FOUND with random seed {seed}: {what}");
        output.WriteLine($"  again with: {target.Name} --input {Convert.ToHexString(input)}");
        return false;
    }

    private void EndIfHanging()
    {
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _began)) < Hang)
            return;

        Report(_input, $"hangs for more than {Hang.TotalSeconds:0} s");
        output.Flush();
        Environment.Exit(1);
    }
}
