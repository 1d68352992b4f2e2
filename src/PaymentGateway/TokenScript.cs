using System.Collections.Concurrent;

namespace PaymentGateway;

/// <summary>
/// What a token does to the calls of its payment. It applies to authorizations and captures; a void is always let through, or an order
/// paid with a token that never answers could never be closed. Calls are counted per idempotency key and in memory: a restart
/// of the gateway starts the count again.
/// </summary>
internal sealed class TokenScript
{
    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    public Mishap For(string? token, OperationKind kind, string idempotencyKey)
    {
        if (kind == OperationKind.Void)
        {
            return Mishap.None;
        }

        return token switch
        {
            Token.Slow => Mishap.None with { DelayAfter = Slowness },
            Token.Never => Mishap.None with { HangBefore = true },
            Token.Flaky => Mishap.None with { FailBefore = CallsOf(idempotencyKey) <= 2 },
            Token.LostReply => Mishap.None with { LoseReply = CallsOf(idempotencyKey) == 1 },
            _ => Mishap.None
        };
    }

    private int CallsOf(string idempotencyKey) => _calls.AddOrUpdate(idempotencyKey, 1, (_, calls) => calls + 1);
}
