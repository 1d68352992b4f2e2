namespace Broker.Security.Sasl;

/// <summary>The broker's side of one authentication, token by token. One thread at a time; of no use after a step that ended it.</summary>
internal interface ISaslServer
{
    SaslStep Next(ReadOnlySpan<byte> token);
}

/// <summary>What follows from a client's token: more to say, the end with a user's name, or the end without.</summary>
/// <param name="Answer">The token for the client.</param>
/// <param name="User">Who the client is; null while that is open.</param>
/// <param name="Refusal">Why the client is nobody, for the client: nothing in it tells a wrong name from a wrong password.</param>
internal readonly record struct SaslStep(byte[] Answer, string? User, string? Refusal)
{
    public static SaslStep Continue(byte[] answer) => new(answer, null, null);

    public static SaslStep Done(string user, byte[] answer) => new(answer, user, null);

    public static SaslStep Refuse(string why) => new([], null, why);
}
