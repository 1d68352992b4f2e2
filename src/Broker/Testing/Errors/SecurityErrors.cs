using Broker.Protocol;
using Broker.Protocol.Messages;

namespace Broker.Testing.Errors;

/// <summary>Answers to requests about who a client is, what it may do and how much of it.</summary>
internal static class SecurityErrors
{
    public static IReadOnlyList<ErrorAnswer> Answers { get; } =
    [
        ErrorAnswer.For<SaslHandshakeRequest>((_, error) => new SaslHandshakeResponse { ErrorCode = error }),
        ErrorAnswer.For<SaslAuthenticateRequest>((_, error) => new SaslAuthenticateResponse { ErrorCode = error }),
        ErrorAnswer.For<DescribeAclsRequest>((_, error) => new DescribeAclsResponse { ErrorCode = error }),
        ErrorAnswer.For<CreateAclsRequest>((request, error) => new CreateAclsResponse
        {
            Results = [.. request.Creations.Select(_ => new CreateAclsResponse.AclCreationResult { ErrorCode = error })],
        }),
        ErrorAnswer.For<DeleteAclsRequest>((request, error) => new DeleteAclsResponse
        {
            FilterResults = [.. request.Filters.Select(_ => new DeleteAclsResponse.DeleteAclsFilterResult { ErrorCode = error })],
        }),
        ErrorAnswer.For<DescribeUserScramCredentialsRequest>((_, error) => new DescribeUserScramCredentialsResponse { ErrorCode = error }),
        ErrorAnswer.For<AlterUserScramCredentialsRequest>(AlterUsers),
        ErrorAnswer.For<DescribeClientQuotasRequest>((_, error) => new DescribeClientQuotasResponse { ErrorCode = error, Entries = null }),
        ErrorAnswer.For<AlterClientQuotasRequest>(AlterQuotas),
    ];

    private static AlterUserScramCredentialsResponse AlterUsers(AlterUserScramCredentialsRequest request, ErrorCode error)
    {
        var users = request.Deletions.Select(d => d.Name).Concat(request.Upsertions.Select(u => u.Name)).Distinct(StringComparer.Ordinal);
        return new()
        {
            Results = [.. users.Select(user => new AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult { User = user, ErrorCode = error })],
        };
    }

    private static AlterClientQuotasResponse AlterQuotas(AlterClientQuotasRequest request, ErrorCode error) => new()
    {
        Entries = [.. request.Entries.Select(entry => new AlterClientQuotasResponse.EntryData
        {
            ErrorCode = error,
            Entity = [.. entry.Entity.Select(e => new AlterClientQuotasResponse.EntityData { EntityType = e.EntityType, EntityName = e.EntityName })],
        })],
    };
}
