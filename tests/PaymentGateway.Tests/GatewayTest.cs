namespace PaymentGateway.Tests;

/// <summary>One gateway per test, and the folder it leaves behind removed.</summary>
public abstract class GatewayTest : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-").FullName;

    private protected string JournalPath => Path.Combine(_folder, "ledger.jsonl");

    private protected RunningGateway Gateway { get; set; } = null!;

    private protected virtual TimeProvider Time => TimeProvider.System;

    public async ValueTask InitializeAsync() => Gateway = await RunningGateway.StartAsync(JournalPath, Time);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
