namespace PaymentGateway;

public enum OperationKind
{
    Authorization,
    Capture,
    Void
}
