namespace Broker.Security;

/// <summary>What is spoken below Kafka's requests on a listener, under Kafka's names.</summary>
internal enum SecurityProtocol
{
    Plaintext,
    Ssl,
    SaslPlaintext,
    SaslSsl,
}

internal static class SecurityProtocols
{
    public static bool UsesTls(this SecurityProtocol protocol) => protocol is SecurityProtocol.Ssl or SecurityProtocol.SaslSsl;

    public static bool UsesSasl(this SecurityProtocol protocol) => protocol is SecurityProtocol.SaslPlaintext or SecurityProtocol.SaslSsl;

    public static bool TryParse(string name, out SecurityProtocol protocol)
    {
        (var known, protocol) = name switch
        {
            "PLAINTEXT" => (true, SecurityProtocol.Plaintext),
            "SSL" => (true, SecurityProtocol.Ssl),
            "SASL_PLAINTEXT" => (true, SecurityProtocol.SaslPlaintext),
            "SASL_SSL" => (true, SecurityProtocol.SaslSsl),
            _ => (false, default),
        };
        return known;
    }
}
