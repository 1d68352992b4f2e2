namespace Broker.Records;

/// <summary>Bit 3 of a batch's attributes: who set the timestamps.</summary>
public enum TimestampType
{
    CreateTime = 0,
    LogAppendTime = 1,
}
