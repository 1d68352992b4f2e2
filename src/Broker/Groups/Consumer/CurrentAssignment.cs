namespace Broker.Groups.Consumer;

/// <summary>What a member holds now. Immutable.</summary>
/// <param name="Epoch">The epoch it has to name; 0 for one that has just joined, -2 for a static member that is away.</param>
/// <param name="PreviousEpoch">The one before: taken once more, as the answer that raised it may have got lost.</param>
/// <param name="State">How far it is.</param>
/// <param name="Assigned">What it may read.</param>
/// <param name="PendingRevocation">What it may still be reading and must give up.</param>
internal sealed record CurrentAssignment(
    int Epoch, int PreviousEpoch, MemberState State, ValueSet<HeldPartition> Assigned, ValueSet<HeldPartition> PendingRevocation)
{
    public const int LeaveEpoch = -1;
    public const int StaticLeaveEpoch = -2;

    public static CurrentAssignment None { get; } = new(0, 0, MemberState.Stable, ValueSet<HeldPartition>.Empty, ValueSet<HeldPartition>.Empty);

    public bool IsAway => Epoch == StaticLeaveEpoch;

    public IEnumerable<HeldPartition> Held => Assigned.Concat(PendingRevocation);

    public CurrentAssignment Reached(int epoch) => epoch == Epoch ? this : this with { Epoch = epoch, PreviousEpoch = Epoch };

    public bool IsReconciledTo(int targetEpoch) => State == MemberState.Stable && Epoch == targetEpoch;
}
