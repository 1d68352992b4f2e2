namespace PaymentGateway;

/// <summary>What goes wrong with one call. In this order: fail or hang before acting; delay or lose the answer after.</summary>
internal readonly record struct Mishap(bool FailBefore, bool HangBefore, TimeSpan DelayAfter, bool LoseReply)
{
    public static readonly Mishap None;

    public Mishap And(Mishap other) => new(
        FailBefore || other.FailBefore,
        HangBefore || other.HangBefore,
        DelayAfter + other.DelayAfter,
        LoseReply || other.LoseReply);
}
