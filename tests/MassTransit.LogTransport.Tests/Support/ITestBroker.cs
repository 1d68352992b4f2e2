namespace MassTransit.LogTransport.Tests.Support;

/// <summary>A broker that a test takes away and brings back, at the same address and on the same data.</summary>
public interface ITestBroker
{
    string BootstrapServers { get; }

    /// <summary>Changes nothing when it runs.</summary>
    Task Start();

    Task Stop();
}
