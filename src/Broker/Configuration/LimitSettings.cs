using Broker.Authorization;
using Broker.Connections;

namespace Broker.Configuration;

/// <summary>The settings of access control, quotas and connections.</summary>
internal static class LimitSettings
{
    public static IReadOnlyList<BrokerSetting> All { get; } =
    [
        BrokerSetting.Text("authorizer.class.name", o => o.AuthorizerClassName, (o, v) => o.AuthorizerClassName = v, Authorizer.CheckClassName),
        BrokerSetting.Text("super.users", o => o.SuperUsers, (o, v) => o.SuperUsers = v, SuperUsers.Check),
        BrokerSetting.Flag("allow.everyone.if.no.acl.found", o => o.AllowEveryoneIfNoAclFound, (o, v) => o.AllowEveryoneIfNoAclFound = v),
        BrokerSetting.Int32("max.connections.per.ip", 0, int.MaxValue, o => o.MaxConnectionsPerIp, (o, v) => o.MaxConnectionsPerIp = v),
        BrokerSetting.Text("max.connections.per.ip.overrides", o => o.MaxConnectionsPerIpOverrides, (o, v) => o.MaxConnectionsPerIpOverrides = v, AddressLimits.Check),
        BrokerSetting.Int64("queued.max.request.bytes", -1, long.MaxValue, o => o.QueuedMaxRequestBytes, (o, v) => o.QueuedMaxRequestBytes = v),
        BrokerSetting.Int32("quota.window.num", 1, 1_000, o => o.QuotaWindowNum, (o, v) => o.QuotaWindowNum = v),
        BrokerSetting.Int32("quota.window.size.seconds", 1, 1_000_000, o => o.QuotaWindowSizeSeconds, (o, v) => o.QuotaWindowSizeSeconds = v),
        BrokerSetting.Int32("controller.quota.window.num", 1, 1_000, o => o.ControllerQuotaWindowNum, (o, v) => o.ControllerQuotaWindowNum = v),
        BrokerSetting.Int32(
            "controller.quota.window.size.seconds", 1, 1_000_000, o => o.ControllerQuotaWindowSizeSeconds, (o, v) => o.ControllerQuotaWindowSizeSeconds = v),
    ];

    /// <summary>Those that a listener may have to itself, beside those of the broker.</summary>
    public static IReadOnlyList<BrokerSetting> OfListeners { get; } =
    [
        BrokerSetting.Int32("max.connections", 0, int.MaxValue, o => o.MaxConnections, (o, v) => o.MaxConnections = v),
        BrokerSetting.Int32("max.connection.creation.rate", 1, int.MaxValue, o => o.MaxConnectionCreationRate, (o, v) => o.MaxConnectionCreationRate = v),
    ];
}
