using System.Text.Json;

namespace Broker.Host.Tests;

/// <summary>A misspelt property of the project is no error: what the process is really started with stands beside it.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("System.GC.Server", "False")]
    [InlineData("System.GC.Concurrent", "False")]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0")]
    public void the_host_runs_with_what_was_decided(string setting, string value)
    {
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Broker.Host.runtimeconfig.json")));

        Assert.Equal(value, config.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(setting).ToString());
    }
}
