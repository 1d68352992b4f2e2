using System.Text;

namespace Broker.Protocol;

/// <summary>
/// The short strings that come in one request after another (names of topics, client ids), so that each is made once. Holds a fixed
/// number: where a new one finds its places taken, an older one goes. Safe for use by any thread.
/// </summary>
public sealed class KnownStrings
{
    /// <summary>The longest that is kept, in bytes: no topic's name is longer than 249.</summary>
    private const int MaxLength = 255;
    private const int Sets = 1024;
    private const int Ways = 4;

    private readonly string?[] _strings = new string?[Sets * Ways];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            return Encoding.UTF8.GetString(utf8);

        // Never more characters than bytes.
        Span<char> buffer = stackalloc char[MaxLength];
        var chars = buffer[..Encoding.UTF8.GetChars(utf8, buffer)];
        if (chars.IsEmpty)
            return "";

        var hash = (uint)string.GetHashCode(chars);
        var places = _strings.AsSpan((int)(hash % Sets) * Ways, Ways);
        foreach (var known in places)
        {
            if (known is not null && chars.SequenceEqual(known))
                return known;
        }

        var made = new string(chars);
        var free = places.IndexOf((string?)null);
        places[free >= 0 ? free : (int)(hash / Sets % Ways)] = made;
        return made;
    }
}
