namespace Contracts;

/// <summary>Why the payment processor put a payment aside instead of answering.</summary>
public enum PaymentDeferral
{
    CircuitOpen,
    RateLimited,

    /// <summary>The gateway gave no answer and could not be asked whether it had acted.</summary>
    Unknown
}
