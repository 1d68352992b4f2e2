using System.Net;
using Broker.Authorization;
using Microsoft.Extensions.Logging;

namespace Broker.Diagnostics;

/// <summary>Log messages about who clients are. None carries a secret or a name that was only claimed.</summary>
internal static partial class SecurityLog
{
    [LoggerMessage(60, LogLevel.Debug, "Connection from {Client} on {Listener} authenticated as {Principal} by {Mechanism}.")]
    public static partial void Authenticated(this ILogger logger, EndPoint? client, string listener, KafkaPrincipal principal, string mechanism);

    [LoggerMessage(61, LogLevel.Warning, "Connection from {Client} on {Listener} failed to authenticate by {Mechanism}: {Why}")]
    public static partial void AuthenticationFailed(this ILogger logger, EndPoint? client, string listener, string mechanism, string why);

    [LoggerMessage(62, LogLevel.Information, "Listener {Listener} shows a new certificate, {Subject}, valid until {NotAfter}.")]
    public static partial void CertificateReloaded(this ILogger logger, string listener, string subject, DateTime notAfter);

    [LoggerMessage(63, LogLevel.Error, "Listener {Listener} keeps its certificates: what lies in the files now cannot be used. {Why}")]
    public static partial void CertificateKept(this ILogger logger, string listener, string why);

    [LoggerMessage(64, LogLevel.Information, "SCRAM credentials of {User} for {Mechanism} {Change} by {Principal}.")]
    public static partial void ScramChanged(this ILogger logger, string user, string mechanism, string change, KafkaPrincipal principal);
}
