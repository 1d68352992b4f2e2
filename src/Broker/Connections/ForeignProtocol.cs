namespace Broker.Connections;

/// <summary>Guesses what a client meant whose first four bytes are no length of a Kafka request.</summary>
internal static class ForeignProtocol
{
    public static string Describe(ReadOnlySpan<byte> received, int length, FrameBounds bounds) =>
        $"A frame announces {length} bytes; from {bounds.Min} to {bounds.Max} are taken.{Hint(received)}";

    /// <summary>For a listener that speaks TLS, of a client that does not.</summary>
    public static string DescribeWithoutTls(ReadOnlySpan<byte> received) =>
        $"The client did not begin a TLS handshake, and this listener speaks TLS only.{(received[0] == 0 ? " It looks like Kafka in plain text: set security.protocol to SSL or SASL_SSL." : Hint(received))}";

    private static string Hint(ReadOnlySpan<byte> received) => received switch
    {
        [0x16, 0x03, ..] => " It looks like TLS: this listener speaks plain text only.",
        [(byte)'G', (byte)'E', (byte)'T', ..] or [(byte)'P', (byte)'O', (byte)'S', (byte)'T', ..]
            or [(byte)'H', (byte)'E', (byte)'A', (byte)'D', ..] or [(byte)'P', (byte)'U', (byte)'T', ..]
            => " It looks like HTTP: this is the Kafka port.",
        _ => "",
    };
}
