namespace Benchmarks.Transport;

/// <summary>The message of every load: 1 KB as plain JSON.</summary>
/// <param name="Run">Of which ledger it is.</param>
/// <param name="Number">Its place in the ledger, from 0.</param>
/// <param name="Due">When it was to be sent, as a timestamp of Stopwatch; 0 when nobody asks how long it took.</param>
/// <param name="Payload">Fills it up.</param>
public sealed record Sample(int Run, int Number, long Due, string Payload)
{
    /// <summary>What makes 1 KB with the numbers around it.</summary>
    public static readonly string Padding = new('x', 940);
}

/// <summary>What is asked, as large as any other message.</summary>
public sealed record Question(int Number, string Payload);

/// <summary>What is answered, as large as the question.</summary>
public sealed record Answer(int Number, string Payload);

/// <summary>A message for which another is published.</summary>
public sealed record Parcel(Sample Sample);

/// <summary>The other.</summary>
public sealed record Relayed(Sample Sample);
