namespace KillRounds.Histories;

/// <summary>A partition of a topic.</summary>
public readonly record struct Place(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
