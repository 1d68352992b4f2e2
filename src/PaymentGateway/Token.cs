namespace PaymentGateway;

/// <summary>The cards of this provider. Each always behaves the same way, so a test needs no luck.</summary>
internal static class Token
{
    public const string Ok = "tok_ok";
    public const string Declined = "tok_declined";
    public const string Insufficient = "tok_insufficient";

    /// <summary>Acts at once and answers after five seconds, each time it is asked.</summary>
    public const string Slow = "tok_slow_5s";

    /// <summary>Answers 503 to the first two calls of an operation.</summary>
    public const string Flaky = "tok_flaky_2";

    /// <summary>Acts, then drops the connection on the first call of an operation.</summary>
    public const string LostReply = "tok_lost_reply";

    public const string CaptureFails = "tok_capture_fails";

    /// <summary>Neither acts nor answers.</summary>
    public const string Never = "tok_never";

    public static readonly IReadOnlySet<string> All = new HashSet<string>(StringComparer.Ordinal)
    {
        Ok, Declined, Insufficient, Slow, Flaky, LostReply, CaptureFails, Never
    };
}
