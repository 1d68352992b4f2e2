namespace Broker.Protocol;

/// <summary>
/// From which version on an API uses compact lengths and tagged fields. It must be known from key and version alone, because
/// the request header itself depends on it.
/// </summary>
public static class FlexibleVersions
{
    public static bool IsFlexible(this ApiKey key, short version) => version >= key.FirstFlexibleVersion();

    private static short FirstFlexibleVersion(this ApiKey key) => key switch
    {
        ApiKey.Produce => 9,
        ApiKey.Fetch => 12,
        ApiKey.ListOffsets => 6,
        ApiKey.Metadata => 9,
        ApiKey.OffsetCommit => 8,
        ApiKey.OffsetFetch => 6,
        ApiKey.FindCoordinator => 3,
        ApiKey.JoinGroup => 6,
        ApiKey.Heartbeat or ApiKey.LeaveGroup or ApiKey.SyncGroup => 4,
        ApiKey.DescribeGroups => 5,
        ApiKey.ListGroups => 3,
        ApiKey.SaslHandshake => short.MaxValue,
        ApiKey.ApiVersions => 3,
        ApiKey.CreateTopics => 5,
        ApiKey.DeleteTopics => 4,
        ApiKey.DeleteRecords or ApiKey.InitProducerId => 2,
        ApiKey.OffsetForLeaderEpoch => 4,
        ApiKey.AddPartitionsToTxn or ApiKey.AddOffsetsToTxn or ApiKey.EndTxn or ApiKey.TxnOffsetCommit => 3,
        ApiKey.WriteTxnMarkers => 1,
        ApiKey.DescribeAcls or ApiKey.CreateAcls or ApiKey.DeleteAcls => 2,
        ApiKey.DescribeConfigs => 4,
        ApiKey.AlterConfigs or ApiKey.AlterReplicaLogDirs or ApiKey.DescribeLogDirs or ApiKey.SaslAuthenticate => 2,
        ApiKey.CreatePartitions or ApiKey.DeleteGroups or ApiKey.ElectLeaders => 2,
        ApiKey.CreateDelegationToken or ApiKey.RenewDelegationToken => 2,
        ApiKey.ExpireDelegationToken or ApiKey.DescribeDelegationToken => 2,
        ApiKey.IncrementalAlterConfigs => 1,
        ApiKey.OffsetDelete => short.MaxValue,
        ApiKey.DescribeClientQuotas or ApiKey.AlterClientQuotas => 1,
        ApiKey.BeginQuorumEpoch or ApiKey.EndQuorumEpoch => 1,
        _ => 0,
    };
}
