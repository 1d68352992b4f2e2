using Broker.Authorization;
using Broker.Connections;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Security.Scram;
using static Broker.Protocol.Messages.DescribeUserScramCredentialsResponse;

namespace Broker.Apis;

/// <summary>DescribeUserScramCredentials 0: who may authenticate by SCRAM, by which mechanism and with how many iterations; never a key.</summary>
internal sealed class DescribeUserScramCredentialsHandler(ScramCredentials credentials)
{
    public ValueTask<DescribeUserScramCredentialsResponse?> HandleAsync(DescribeUserScramCredentialsRequest request, RequestContext context)
    {
        if (!context.AllowsCluster(AclOperation.Describe))
        {
            return new(new DescribeUserScramCredentialsResponse
            {
                ErrorCode = ErrorCode.ClusterAuthorizationFailed,
                ErrorMessage = "Describing SCRAM credentials needs Describe on the cluster.",
            });
        }

        var names = request.Users is { Count: > 0 } users ? users.Select(u => u.Name).ToList() : [.. credentials.Users];
        var twice = names.CountBy(n => n).Where(n => n.Value > 1).Select(n => n.Key).ToHashSet();
        return new(new DescribeUserScramCredentialsResponse
        {
            // Kafka has an empty message for no error here, and null elsewhere.
            ErrorMessage = "",
            Results = names.Distinct().Select(name => twice.Contains(name)
                ? new()
                {
                    User = name,
                    ErrorCode = ErrorCode.DuplicateResource,
                    ErrorMessage = $"Cannot describe SCRAM credentials for the same user twice in a single request: {name}",
                }
                : Describe(name)).ToList(),
        });
    }

    private DescribeUserScramCredentialsResult Describe(string name)
    {
        var infos = credentials.Describe(name);
        return infos.Count > 0
            ? new() { User = name, ErrorMessage = "", CredentialInfos = infos.Select(i => new CredentialInfo { Mechanism = i.Mechanism, Iterations = i.Iterations }).ToList() }
            : new() { User = name, ErrorCode = ErrorCode.ResourceNotFound, ErrorMessage = $"Attempt to describe a user credential that does not exist: {name}" };
    }
}
