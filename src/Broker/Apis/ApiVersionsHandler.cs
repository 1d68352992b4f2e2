using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Apis;

/// <summary>
/// ApiVersions 0-4: what the table says. No features are announced: a client that saw <c>transaction.version</c> or
/// <c>group.version</c> would begin to use what they stand for.
/// </summary>
internal static class ApiVersionsHandler
{
    public static ValueTask<ApiVersionsResponse?> HandleAsync(ApiTable table) => new(Describe(table, ErrorCode.None));

    /// <summary>The answer to a version not served: version 0 with error 35 and the list, from which the client chooses again.</summary>
    public static FrameBuffer RefuseVersion(RequestHeader header, ApiTable table)
    {
        var buffer = new FrameBuffer();
        Frame.WriteResponse(buffer, ApiKey.ApiVersions, 0, header.CorrelationId, Describe(table, ErrorCode.UnsupportedVersion));
        return buffer;
    }

    private static ApiVersionsResponse Describe(ApiTable table, ErrorCode error) => new()
    {
        ErrorCode = error,
        ApiKeys = table.Rows.Select(row => new ApiVersionsResponse.ApiVersion
        {
            ApiKey = row.Key,
            MinVersion = row.AnnouncedMin ?? row.Versions.Min,
            MaxVersion = row.Versions.Max,
        }).ToList(),
    };
}
