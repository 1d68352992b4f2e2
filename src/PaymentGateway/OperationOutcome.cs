namespace PaymentGateway;

/// <summary>What the provider answered. A refusal is an answer like an approval: asking again gives the same one.</summary>
public enum OperationOutcome
{
    Approved,
    Refused
}
