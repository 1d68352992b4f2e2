namespace Broker;

/// <content>Access control, quotas and limits of connections.</content>
public sealed partial class BrokerOptions
{
    /// <summary>
    /// <c>authorizer.class.name</c>: empty for a broker where everybody may do everything, or
    /// <c>org.apache.kafka.metadata.authorizer.StandardAuthorizer</c> for access control lists. Default empty.
    /// </summary>
    public string AuthorizerClassName { get; set; } = "";

    /// <summary><c>super.users</c>: principals that may do everything, with semicolons between: <c>User:admin;User:CN=x,O=y</c>. Default none.</summary>
    public string SuperUsers { get; set; } = "";

    /// <summary><c>allow.everyone.if.no.acl.found</c>: whether a resource without access control entries is open to everybody. Default false.</summary>
    public bool AllowEveryoneIfNoAclFound { get; set; }

    /// <summary><c>max.connections.per.ip</c>: connections open at once from one address; a further one is closed as it arrives. Default: no limit.</summary>
    public int MaxConnectionsPerIp { get; set; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip.overrides</c>: addresses with a limit of their own: <c>10.0.0.1:5,10.0.0.2:100</c>. Default none.</summary>
    public string MaxConnectionsPerIpOverrides { get; set; } = "";

    /// <summary><c>max.connection.creation.rate</c>: new connections a second; further ones wait to be taken. Default: no limit.</summary>
    public int MaxConnectionCreationRate { get; set; } = int.MaxValue;

    /// <summary>
    /// <c>queued.max.request.bytes</c>: what all connections together make the broker hold, in bytes. Half of it is for large requests
    /// while they are received, half for what waits to be answered and answers not yet sent; who finds no room waits until there is.
    /// -1 for a quarter of the memory this process may have. Default -1.
    /// </summary>
    public long QueuedMaxRequestBytes { get; set; } = -1;

    /// <summary><c>quota.window.num</c>: windows that a client's rate is reckoned over, at least 1. Default 11.</summary>
    public int QuotaWindowNum { get; set; } = 11;

    /// <summary><c>quota.window.size.seconds</c>: length of one of them, at least 1. Default 1.</summary>
    public int QuotaWindowSizeSeconds { get; set; } = 1;

    /// <summary><c>controller.quota.window.num</c>: as <see cref="QuotaWindowNum"/>, for partitions created and deleted. Default 11.</summary>
    public int ControllerQuotaWindowNum { get; set; } = 11;

    /// <summary><c>controller.quota.window.size.seconds</c>: length of one of them, at least 1. Default 1.</summary>
    public int ControllerQuotaWindowSizeSeconds { get; set; } = 1;
}
