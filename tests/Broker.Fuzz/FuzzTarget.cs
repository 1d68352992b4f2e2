namespace Broker.Fuzz;

/// <summary>Code that takes bytes from strangers.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Seeds">Good inputs, and bad ones that once did harm.</param>
/// <param name="RunAsync">Takes an input whatever it is; throws where the code under test breaks a promise.</param>
/// <param name="MaxAllocated">Most bytes that an input of a length may make it allocate, until it first waits.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], ValueTask> RunAsync, Func<int, long> MaxAllocated)
{
    public FuzzTarget(string name, IReadOnlyList<byte[]> seeds, Action<byte[]> run, Func<int, long> maxAllocated)
        : this(name, seeds, input => Completed(run, input), maxAllocated)
    {
    }

    private static ValueTask Completed(Action<byte[]> run, byte[] input)
    {
        run(input);
        return ValueTask.CompletedTask;
    }
}
