namespace Scenarios.Driving;

/// <summary>A running solution, as a scenario sees it: addresses.</summary>
public interface ISolution : IAsyncDisposable
{
    string BootstrapServers { get; }

    Uri Orders { get; }

    Uri Inventory { get; }

    Uri Notifications { get; }

    Uri Gateway { get; }
}
