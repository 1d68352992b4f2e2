namespace MassTransit.LogTransport.Configuration;

/// <summary>How an endpoint's transactions are cut; written while the endpoint is configured, only read afterwards.</summary>
internal sealed class LogTransactionSettings :
    ILogTransactionConfigurator
{
    private const int MaxBatchSize = 10_000;
    private static readonly TimeSpan MaxBatchTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinTransactionTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxTransactionTimeout = TimeSpan.FromMinutes(15);

    public int BatchSize
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxBatchSize);
            field = value;
        }
    } = 500;

    public TimeSpan BatchTime
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxBatchTime);
            field = value;
        }
    } = TimeSpan.FromMilliseconds(50);

    public TimeSpan TransactionTimeout
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, MinTransactionTimeout);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxTransactionTimeout);
            field = value;
        }
    } = TimeSpan.FromSeconds(10);
}
