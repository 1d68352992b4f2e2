using System.Text.RegularExpressions;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// ApiVersions 0-4: what the table says, and from version 3 on the <see cref="Feature"/>s. Version 3 cannot say that a feature may
/// be absent and leaves such features out of those supported (KAFKA-17011). From version 3 on a client names its software
/// (KIP-511); a name that breaks the rule is refused, as in Kafka, because it goes into metrics and logs.
/// </summary>
internal static partial class ApiVersionsHandler
{
    public static ValueTask<ApiVersionsResponse?> HandleAsync(ApiVersionsRequest request, RequestContext context, ApiTable table)
    {
        if (context.Version >= 3 && !(SoftwareName().IsMatch(request.ClientSoftwareName) && SoftwareName().IsMatch(request.ClientSoftwareVersion)))
            return new(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });

        return new(Describe(table, ErrorCode.None, context.Version));
    }

    /// <summary>The answer to a version not served: version 0 with error 35 and the list, from which the client chooses again.</summary>
    public static FrameBuffer RefuseVersion(RequestHeader header, ApiTable table)
    {
        var buffer = new FrameBuffer();
        Frame.WriteResponse(buffer, ApiKey.ApiVersions, 0, header.CorrelationId, Describe(table, ErrorCode.UnsupportedVersion, 0));
        return buffer;
    }

    private static ApiVersionsResponse Describe(ApiTable table, ErrorCode error, short version) => new()
    {
        ErrorCode = error,
        ApiKeys = table.Rows.Select(row => new ApiVersionsResponse.ApiVersion
        {
            ApiKey = row.Key,
            MinVersion = row.AnnouncedMin ?? row.Versions.Min,
            MaxVersion = row.Versions.Max,
        }).ToList(),
        SupportedFeatures = Feature.All.Where(f => version >= 4 || f.Min > 0)
            .Select(f => new ApiVersionsResponse.SupportedFeatureKey { Name = f.Name, MinVersion = f.Min, MaxVersion = f.Max }).ToList(),
        FinalizedFeaturesEpoch = 0,
        FinalizedFeatures = Feature.All
            .Select(f => new ApiVersionsResponse.FinalizedFeatureKey { Name = f.Name, MaxVersionLevel = f.Level, MinVersionLevel = f.Level }).ToList(),
    };

    [GeneratedRegex(@"^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z")]
    private static partial Regex SoftwareName();
}
