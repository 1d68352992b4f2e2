using Broker.Protocol;

namespace Broker.Groups;

/// <summary>
/// The topics in a consumer's protocol metadata: the one place where the coordinator looks into what members tell each other,
/// so that it does not drop offsets of a topic somebody reads. The layout begins alike in all its versions.
/// </summary>
internal static class ConsumerSubscription
{
    public const string ProtocolType = "consumer";

    /// <summary>Null when one of the metadata is no subscription: which topics the group reads is then unknown.</summary>
    public static IReadOnlySet<string>? TopicsOf(IEnumerable<byte[]> metadata)
    {
        var topics = new HashSet<string>();
        foreach (var bytes in metadata)
        {
            var reader = new ProtocolReader(bytes);
            var version = reader.ReadInt16();
            topics.UnionWith(reader.ReadStringArray());
            if (reader.Failed || version < 0)
                return null;
        }

        return topics;
    }
}
