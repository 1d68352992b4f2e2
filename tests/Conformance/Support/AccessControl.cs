using Broker.Protocol.Messages;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Conformance.Support;

/// <summary>
/// Access control in the shared broker: whatever has no entries is open to all. A test closes what it made itself, and never the
/// cluster, which all others need.
/// </summary>
public static class AccessControl
{
    public const string Authorizer = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

    /// <summary>Skips the test when the cluster under test lets everybody do everything.</summary>
    public static async Task RequireAuthorizerAsync(this TestBroker broker)
    {
        using var admin = broker.Admin();
        try
        {
            await admin.DescribeAclsAsync(new AclBindingFilter
            {
                PatternFilter = new ResourcePatternFilter { Type = ResourceType.Topic, Name = "none", ResourcePatternType = ResourcePatternType.Literal },
                EntryFilter = new AccessControlEntryFilter { Operation = AclOperation.Any, PermissionType = AclPermissionType.Any },
            });
        }
        catch (DescribeAclsException e) when (e.Result.Error.Code == ErrorCode.SecurityDisabled)
        {
            Assert.Skip($"the cluster has no authorizer: start it with authorizer.class.name={Authorizer} allow.everyone.if.no.acl.found=true");
        }
    }

    /// <summary>Closes a resource to everybody, by an entry for somebody who does not come.</summary>
    public static async Task CloseAsync(this TestBroker broker, Closed type, string name)
    {
        await broker.RequireAuthorizerAsync();
        using var client = await RawClient.ConnectAsync(broker.BootstrapServers);
        var response = await client.AskAsync<CreateAclsRequest, CreateAclsResponse>(
            new CreateAclsRequest
            {
                Creations =
                [
                    new CreateAclsRequest.AclCreation
                    {
                        ResourceType = (sbyte)type,
                        ResourceName = name,
                        Principal = "User:nobody-here",
                        Host = "*",
                        Operation = (sbyte)AclOperation.All,
                        PermissionType = (sbyte)AclPermissionType.Allow,
                    },
                ],
            },
            3);
        Assert.Equal(Broker.Protocol.ErrorCode.None, Assert.Single(response.Results).ErrorCode);

        // Apache Kafka answers when the entry is stored, which is a moment before it counts.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await IsOpenAsync(client, type, name))
            deadline.Token.ThrowIfCancellationRequested();
    }

    private static async Task<bool> IsOpenAsync(RawClient client, Closed type, string name)
    {
        if (type == Closed.Topic)
        {
            var request = new MetadataRequest { Topics = [new() { Name = name }], AllowAutoTopicCreation = false };
            return (await client.AskAsync<MetadataRequest, MetadataResponse>(request, 9)).Topics[0].ErrorCode != Broker.Protocol.ErrorCode.TopicAuthorizationFailed;
        }

        if (type == Closed.Group)
        {
            var described = await client.AskAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = [name] }, 5);
            return described.Groups[0].ErrorCode != Broker.Protocol.ErrorCode.GroupAuthorizationFailed;
        }

        var found = await client.AskAsync<FindCoordinatorRequest, FindCoordinatorResponse>(
            new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = [name] }, 4);
        return found.Coordinators[0].ErrorCode != Broker.Protocol.ErrorCode.TransactionalIdAuthorizationFailed;
    }
}

/// <summary>What a test may close, with the numbers of the protocol.</summary>
public enum Closed : sbyte
{
    Topic = 2,
    Group = 3,
    TransactionalId = 5,
}
