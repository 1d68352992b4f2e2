using MassTransit.Transports;

namespace MassTransit.LogTransport.Topology;

/// <summary>The topic of a type that no described topic carries: <c>Namespace.Type</c>, nested types joined by <c>-</c>, type arguments by <c>--</c>.</summary>
internal static class LogEntityNames
{
    public static IEntityNameFormatter Formatter { get; } =
        new MessageNameFormatterEntityNameFormatter(new DefaultMessageNameFormatter("--", "--", ".", "-"));
}
