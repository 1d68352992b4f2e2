namespace OrderService.Payments;

public enum GatewayOperation
{
    Authorize,
    Capture,
    Void
}
