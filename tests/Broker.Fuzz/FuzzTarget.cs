namespace Broker.Fuzz;

/// <summary>Code that takes bytes from strangers.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Seeds">Good inputs, and bad ones that once did harm.</param>
/// <param name="Run">Takes an input whatever it is; throws where the code under test breaks a promise.</param>
/// <param name="MaxAllocated">Most bytes that an input of a length may make it allocate.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Run, Func<int, long> MaxAllocated);
