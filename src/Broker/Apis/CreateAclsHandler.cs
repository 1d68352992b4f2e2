using Broker.Authorization;
using Broker.Connections;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Protocol.Messages;
using Microsoft.Extensions.Logging;
using static Broker.Protocol.Messages.CreateAclsRequest;
using static Broker.Protocol.Messages.CreateAclsResponse;

namespace Broker.Apis;

/// <summary>
/// CreateAcls 1-3: adds access control entries, each valid or refused by itself; durable and in force when answered. One that is
/// there already is no error.
/// </summary>
internal sealed class CreateAclsHandler(Authorizer authorizer, ILogger logger)
{
    public ValueTask<CreateAclsResponse?> HandleAsync(CreateAclsRequest request, RequestContext context) => new(Create(request, context));

    private CreateAclsResponse? Create(CreateAclsRequest request, RequestContext context)
    {
        if (request.Creations.Any(c => c.ResourceType == 0 || c.ResourcePatternType == 0 || c.Operation == 0 || c.PermissionType == 0))
        {
            context.CloseConnection(CloseReason.MalformedFrame);
            return null;
        }

        if (!context.AllowsCluster(AclOperation.Alter))
            return AnswerAll(request, ErrorCode.ClusterAuthorizationFailed, "Adding access control entries needs Alter on the cluster.");
        if (!authorizer.IsConfigured)
            return AnswerAll(request, ErrorCode.SecurityDisabled, Acls.NoAuthorizer);

        var entries = request.Creations.Select(Read).ToList();
        var faults = entries.Select(Acls.Check).ToList();
        var valid = entries.Where((_, i) => faults[i] is null).ToList();
        try
        {
            authorizer.Store.Add(valid);
        }
        catch (IOException e)
        {
            return AnswerAll(request, ErrorCode.KafkaStorageError, e.Message);
        }

        foreach (var entry in valid)
            logger.AclAdded(context.Principal, entry);
        return new CreateAclsResponse
        {
            Results = [.. faults.Select(fault => fault is null ? new() { ErrorMessage = "" } : Result(ErrorCode.InvalidRequest, fault))],
        };
    }

    private static AclBinding Read(AclCreation creation) => new(
        (ResourceType)creation.ResourceType,
        creation.ResourceName,
        (PatternType)creation.ResourcePatternType,
        creation.Principal,
        creation.Host,
        (AclOperation)creation.Operation,
        (AclPermission)creation.PermissionType);

    private static CreateAclsResponse AnswerAll(CreateAclsRequest request, ErrorCode code, string message) =>
        new() { Results = [.. request.Creations.Select(_ => Result(code, message))] };

    private static AclCreationResult Result(ErrorCode code, string message) => new() { ErrorCode = code, ErrorMessage = message };
}
