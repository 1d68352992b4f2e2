namespace Broker.Host.Configuration;

/// <summary>A setting as the user gave it. <paramref name="Source"/> says where, for messages: "on the command line".</summary>
internal readonly record struct Setting(string Name, string Value, string Source);
