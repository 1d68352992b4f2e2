using Confluent.Kafka;
using Confluent.Kafka.Admin;
using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Clients;

/// <summary>What a broker or its client does not allow, as a sentence that names the setting or the right that is missing.</summary>
internal static class Refusals
{
    private const string SeeHost = "see Host and ClientSetting";

    /// <param name="settings">Of the bus.</param>
    /// <param name="error">What the request for the cluster's description came to.</param>
    /// <param name="told">What the client has last told of its connections, which says more; null where it has told nothing.</param>
    public static string Unreachable(LogHostSettings settings, Error error, Error? told)
    {
        var said = told == null ? "" : $" The client says: {told.Reason.TrimEnd('.')}.";

        return $"No Kafka broker answers at {settings.BootstrapServers} (Host): {error.Reason}.{said} {Hint(told ?? error)}";
    }

    /// <summary>Null for an error that no setting explains.</summary>
    public static string? Reading(LogHostSettings settings, string group, Error error) => error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed => $"{Who(settings)} may not read a topic of '{group}', it needs the right Read: {error.Reason}",
        ErrorCode.GroupAuthorizationFailed => $"{Who(settings)} may not use the group '{group}', it needs the right Read on it: {error.Reason}",
        ErrorCode.FencedInstanceId or ErrorCode.UnreleasedInstanceId =>
            $"Another process is a member of the group '{group}' as '{settings.MemberId}' too; GroupInstanceId must give each a name of its own: {error.Reason}",
        ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature when settings.UsesConsumerProtocol =>
            $"The brokers do not have the group protocol that UseConsumerProtocol asks for, Apache Kafka has it since 4.0: {error.Reason}",
        _ => null,
    };

    public static string Writing(LogHostSettings settings, string topic, Error error) => error.Code switch
    {
        ErrorCode.TopicAuthorizationFailed => $"{Who(settings)} may not write to the topic '{topic}', it needs the right Write: {error.Reason}",
        ErrorCode.ClusterAuthorizationFailed => $"{Who(settings)} may not write to the topic '{topic}', its producer needs the right IdempotentWrite on the cluster, or Write on any topic: {error.Reason}",
        _ => $"A record for '{topic}' was refused: {error.Reason}",
    };

    /// <summary>True for what a broker does not allow, and goes on not allowing until somebody grants the right.</summary>
    public static bool IsLackOfRights(Exception? exception) => exception switch
    {
        CreateTopicsException created => created.Results.Exists(x => IsLackOfRights(x.Error)),
        KafkaException other => IsLackOfRights(other.Error),
        _ => false,
    };

    private static bool IsLackOfRights(Error error) => error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed;

    public static string Creating(LogHostSettings settings, string topic, Error error) => error.Code switch
    {
        _ when IsLackOfRights(error) =>
            $"{topic}: {Who(settings)} may not create it, which needs the right Create, and may not see whether it is there, which needs Describe (Deploy says what is done about missing topics)",
        _ => $"{topic}: {error.Reason}",
    };

    public static string Missing(LogHostSettings settings, IEnumerable<string> topics)
    {
        return $"These topics do not exist at {settings.BootstrapServers}, and Deploy says not to create them, or {Who(settings)} has no right to see them (Describe): {string.Join(", ", topics)}";
    }

    public static string Unseen(LogHostSettings settings, IEnumerable<string> topics)
    {
        return $"These topics were created but have no leader yet, or {Who(settings)} has no right to see them (Describe): {string.Join(", ", topics)}";
    }

    private static string Who(LogHostSettings settings)
    {
        return settings.User is { } user ? $"The user '{user}' (ClientSetting sasl.username)" : "The client, which gives no user's name (ClientSetting sasl.username),";
    }

    private static string Hint(Error error) => error.Code switch
    {
        ErrorCode.Local_Authentication => $"Are sasl.username, sasl.password and sasl.mechanism those of the broker? ({SeeHost})",
        ErrorCode.Local_Ssl => $"Are security.protocol and ssl.ca.location those of the broker? ({SeeHost})",
        ErrorCode.Local_Resolve => $"Is the host's name right? ({SeeHost})",
        _ => $"Is it a Kafka broker that listens there, and is security.protocol what it expects? ({SeeHost})",
    };
}
