namespace OrderService.Payments;

public enum GatewayVerdict
{
    Approved,

    /// <summary>The gateway said no. An answer like any other: it is not asked again.</summary>
    Refused,

    /// <summary>No answer yet: to be called again at a later time.</summary>
    Deferred
}
