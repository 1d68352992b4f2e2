using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Broker.Security.Scram;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.AlterUserScramCredentialsRequest;
using static Broker.Protocol.Messages.AlterUserScramCredentialsResponse;

namespace Broker.Apis;

/// <summary>
/// AlterUserScramCredentials 0: credentials are set and removed, all of them durable when answered. A user may be in a
/// request once only, also with two mechanisms, as in Kafka. Sessions that are open stay open.
/// </summary>
internal sealed class AlterUserScramCredentialsHandler(ScramCredentials credentials, ILogger logger)
{
    /// <summary>Beyond what any client makes: a salt travels to everybody who asks with that name.</summary>
    private const int MaxSaltLength = 1024;

    public ValueTask<AlterUserScramCredentialsResponse?> HandleAsync(AlterUserScramCredentialsRequest request, RequestContext context)
    {
        var users = request.Deletions.Select(d => d.Name).Concat(request.Upsertions.Select(u => u.Name)).ToList();
        var results = users.Distinct().ToDictionary(u => u, u => new AlterUserScramCredentialsResult { User = u }, StringComparer.Ordinal);

        if (!context.AllowsCluster(AclOperation.Alter))
        {
            foreach (var user in results.Keys)
                results[user] = Result(user, (ErrorCode.ClusterAuthorizationFailed, "Altering SCRAM credentials needs Alter on the cluster."));
            return new(new AlterUserScramCredentialsResponse { Results = [.. results.Values] });
        }

        foreach (var deletion in request.Deletions)
            Refuse(results, deletion.Name, Check(deletion));
        foreach (var upsertion in request.Upsertions)
            Refuse(results, upsertion.Name, Check(upsertion));
        foreach (var (user, _) in users.CountBy(u => u).Where(u => u.Value > 1))
            Refuse(results, user, (ErrorCode.DuplicateResource, "A user credential cannot be altered twice in the same request"));

        Apply(request, results, context);
        return new(new AlterUserScramCredentialsResponse { Results = [.. results.Values] });
    }

    private void Apply(AlterUserScramCredentialsRequest request, Dictionary<string, AlterUserScramCredentialsResult> results, RequestContext context)
    {
        bool Valid(string user) => results[user].ErrorCode == ErrorCode.None;
        var deletions = request.Deletions.Where(d => Valid(d.Name)).ToList();
        var upsertions = request.Upsertions.Where(u => Valid(u.Name)).ToList();
        if (deletions.Count + upsertions.Count == 0)
            return;

        try
        {
            credentials.Change(all =>
            {
                foreach (var deletion in deletions)
                    all.Remove(new ScramKey(deletion.Name, deletion.Mechanism));
                foreach (var set in upsertions)
                    all[new ScramKey(set.Name, set.Mechanism)] = ScramCredential.From(ScramMechanism.ByType(set.Mechanism)!, set.Salt, set.SaltedPassword, set.Iterations);
            });
        }
        catch (IOException e)
        {
            foreach (var user in results.Keys.Where(Valid).ToList())
                results[user] = Result(user, (ErrorCode.KafkaStorageError, e.Message));
            return;
        }

        foreach (var deletion in deletions)
            logger.ScramChanged(deletion.Name, ScramMechanism.ByType(deletion.Mechanism)!.Name, "removed", context.Principal);
        foreach (var set in upsertions)
            logger.ScramChanged(set.Name, ScramMechanism.ByType(set.Mechanism)!.Name, "set", context.Principal);
    }

    private (ErrorCode, string)? Check(ScramCredentialDeletion deletion)
    {
        if (CheckKey(deletion.Name, deletion.Mechanism) is { } fault)
            return fault;
        return credentials.Knows(new ScramKey(deletion.Name, deletion.Mechanism))
            ? null
            : (ErrorCode.ResourceNotFound, "Attempt to delete a user credential that does not exist");
    }

    private static (ErrorCode, string)? Check(ScramCredentialUpsertion upsertion)
    {
        if (CheckKey(upsertion.Name, upsertion.Mechanism) is { } fault)
            return fault;
        return upsertion switch
        {
            { Iterations: < ScramMechanism.MinIterations } => (ErrorCode.UnacceptableCredential, "Too few iterations"),
            { Iterations: > ScramMechanism.MaxIterations } => (ErrorCode.UnacceptableCredential, "Too many iterations"),
            { Salt.Length: 0 or > MaxSaltLength } => (ErrorCode.UnacceptableCredential, $"The salt must have 1 to {MaxSaltLength} bytes"),
            { SaltedPassword.Length: 0 } => (ErrorCode.UnacceptableCredential, "The salted password is empty"),
            _ => null,
        };
    }

    private static (ErrorCode, string)? CheckKey(string user, sbyte mechanism)
    {
        if (user.Length == 0)
            return (ErrorCode.UnacceptableCredential, "Username must not be empty");
        return ScramMechanism.ByType(mechanism) is null ? (ErrorCode.UnsupportedSaslMechanism, "Unknown SCRAM mechanism") : null;
    }

    /// <summary>The first fault of a user counts.</summary>
    private static void Refuse(Dictionary<string, AlterUserScramCredentialsResult> results, string user, (ErrorCode, string)? fault)
    {
        if (fault is { } found && results[user].ErrorCode == ErrorCode.None)
            results[user] = Result(user, found);
    }

    private static AlterUserScramCredentialsResult Result(string user, (ErrorCode Code, string Message) fault) =>
        new() { User = user, ErrorCode = fault.Code, ErrorMessage = fault.Message };
}
