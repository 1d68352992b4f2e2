using Broker.Configuration;
using Broker.Protocol;
using Broker.Protocol.Messages;
using static Broker.Protocol.Messages.IncrementalAlterConfigsRequest;

namespace Broker.InProcess;

/// <summary>
/// Topics and groups of a broker for code in its own process: what an administrator's client could do, without a connection. Who has
/// this object may change everything; access control is for clients. What a method has changed is on disk when it completes. Safe
/// for use by any thread.
/// </summary>
public sealed class BrokerAdmin
{
    private const sbyte TopicResource = (sbyte)ConfigResourceType.Topic;
    private const sbyte SetConfig = (sbyte)ConfigOperationType.Set;
    private const sbyte DeleteConfig = (sbyte)ConfigOperationType.Delete;

    private readonly LocalCalls _calls;
    private readonly GroupOffsetReset _offsetReset;

    internal BrokerAdmin(LocalCalls calls, BrokerServer server, BrokerRecords records) =>
        (_calls, _offsetReset) = (calls, new GroupOffsetReset(calls, server, records));

    /// <summary>Makes a topic.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="partitions">Their number; null for <c>num.partitions</c>.</param>
    /// <param name="configs">Settings of its own, by Kafka's names.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BrokerRequestException">The topic exists, or may not be made like this.</exception>
    public async Task CreateTopicAsync(
        string name, int? partitions = null, IReadOnlyDictionary<string, string>? configs = null, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new CreateTopicsRequest
        {
            Topics =
            [
                new CreateTopicsRequest.CreatableTopic
                {
                    Name = name,
                    NumPartitions = partitions ?? -1,
                    ReplicationFactor = -1,
                    Configs = [.. (configs ?? new Dictionary<string, string>()).Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Key, Value = c.Value })],
                },
            ],
        };
        var result = (await _calls.AskAsync<CreateTopicsRequest, CreateTopicsResponse>(request, version: 7, ct).ConfigureAwait(false)).Topics[0];
        BrokerRequestException.ThrowIfError(result.ErrorCode, result.ErrorMessage);
    }

    /// <summary>Deletes a topic, its records and what groups had committed for it.</summary>
    /// <exception cref="BrokerRequestException">There is no such topic, or it may not be deleted.</exception>
    public async Task DeleteTopicAsync(string name, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new DeleteTopicsRequest { Topics = [new() { Name = name }] };
        var result = (await _calls.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(request, version: 6, ct).ConfigureAwait(false)).Responses[0];
        BrokerRequestException.ThrowIfError(result.ErrorCode, result.ErrorMessage);
    }

    /// <summary>Raises a topic's number of partitions. Keys may then go to other partitions than before.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="partitions">Their number afterwards.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BrokerRequestException">There is no such topic, or the number would not rise.</exception>
    public async Task AddPartitionsAsync(string name, int partitions, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new CreatePartitionsRequest { Topics = [new() { Name = name, Count = partitions, Assignments = null }] };
        var result = (await _calls.AskAsync<CreatePartitionsRequest, CreatePartitionsResponse>(request, version: 3, ct).ConfigureAwait(false)).Results[0];
        BrokerRequestException.ThrowIfError(result.ErrorCode, result.ErrorMessage);
    }

    /// <summary>All settings of a topic, in order of name.</summary>
    /// <exception cref="BrokerRequestException">There is no such topic.</exception>
    public async Task<IReadOnlyList<TopicSettingDescription>> DescribeTopicConfigsAsync(string name, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        var request = new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = TopicResource, ResourceName = name, ConfigurationKeys = null }],
        };
        var result = (await _calls.AskAsync<DescribeConfigsRequest, DescribeConfigsResponse>(request, version: 4, ct).ConfigureAwait(false)).Results[0];
        BrokerRequestException.ThrowIfError(result.ErrorCode, result.ErrorMessage);
        return
        [
            .. result.Configs.Select(c => new TopicSettingDescription(c.Name, c.Value, c.ConfigSource == (sbyte)ConfigSource.Topic))
                .OrderBy(c => c.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Changes settings of a topic; those not named stay.</summary>
    /// <param name="name">The topic.</param>
    /// <param name="changes">Each with its new value, or null for the broker's default.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="BrokerRequestException">There is no such topic, or a setting is refused; nothing was changed.</exception>
    public async Task AlterTopicConfigsAsync(string name, IReadOnlyDictionary<string, string?> changes, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(changes);
        var request = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new AlterConfigsResource
                {
                    ResourceType = TopicResource,
                    ResourceName = name,
                    Configs = [.. changes.Select(c => new AlterableConfig
                    {
                        Name = c.Key,
                        Value = c.Value,
                        ConfigOperation = c.Value is null ? DeleteConfig : SetConfig,
                    })],
                },
            ],
        };
        var response = await _calls.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(request, version: 1, ct).ConfigureAwait(false);
        BrokerRequestException.ThrowIfError(response.Responses[0].ErrorCode, response.Responses[0].ErrorMessage);
    }

    /// <summary>Deletes a group without members and all its offsets.</summary>
    /// <exception cref="BrokerRequestException">There is no such group, or it has members.</exception>
    public async Task DeleteGroupAsync(string group, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        var request = new DeleteGroupsRequest { GroupsNames = [group] };
        var result = (await _calls.AskAsync<DeleteGroupsRequest, DeleteGroupsResponse>(request, version: 2, ct).ConfigureAwait(false)).Results[0];
        BrokerRequestException.ThrowIfError(result.ErrorCode, result.ErrorCode switch
        {
            ErrorCode.NonEmptyGroup => $"Group '{group}' has members; stop them first.",
            ErrorCode.GroupIdNotFound => $"There is no group '{group}'.",
            _ => null,
        });
    }

    /// <summary>Moves what a group without members has committed. A group that does not exist is made by it.</summary>
    /// <param name="group">The group.</param>
    /// <param name="reset">Where to, and of what.</param>
    /// <param name="dryRun">Say what would change, and change nothing.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Each partition that was or would be moved, in order of topic and partition, also when it stands there already.</returns>
    /// <exception cref="BrokerRequestException">The group has members, or a topic or partition does not exist; nothing was changed.</exception>
    public Task<IReadOnlyList<OffsetMove>> ResetOffsetsAsync(string group, OffsetReset reset, bool dryRun = false, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(reset);
        return _offsetReset.RunAsync(group, reset, dryRun, ct);
    }
}

/// <summary>A setting of a topic as it stands.</summary>
/// <param name="Name">Kafka's name.</param>
/// <param name="Value">As text; null when it may not be shown.</param>
/// <param name="IsOverridden">Set on the topic itself; else it is the broker's.</param>
public sealed record TopicSettingDescription(string Name, string? Value, bool IsOverridden);
