using System.Globalization;

namespace AppHost;

/// <summary>What can be set from the command line; README.md lists it.</summary>
internal sealed class Settings
{
    private readonly IDistributedApplicationBuilder _builder;
    private readonly string _data;
    private readonly bool _randomPorts;

    public Settings(IDistributedApplicationBuilder builder)
    {
        _builder = builder;
        _data = Path.GetFullPath(builder.Configuration["data"] ?? Path.Combine(builder.AppHostDirectory, "data"));
        _randomPorts = builder.Configuration["ports"] switch
        {
            null or "fixed" => false,
            "random" => true,
            var other => throw new DistributedApplicationException($"--ports is 'fixed' or 'random', not '{other}'."),
        };
        // Read by the local host only: logs belong to the data they tell about.
        builder.Configuration["LocalHosting:LogDirectory"] ??= DataPath("logs");
    }

    /// <summary>The port given under a key, else a fixed one, else, with random ports, null.</summary>
    public int? Port(string key, int fixedPort)
    {
        if (_builder.Configuration[key] is not { } given)
        {
            return _randomPorts ? null : fixedPort;
        }

        return int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? port
            : throw new DistributedApplicationException($"--{key} is a port from 1 to 65535, not '{given}'.");
    }

    public string DataPath(string name) => Path.Combine(_data, name);

    public string Database(string service) => $"Data Source={DataPath(service)}.db";
}
