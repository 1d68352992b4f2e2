using System.Net;

namespace Broker.Connections;

/// <summary>A bound listener: its name, where it listens and what it tells clients.</summary>
internal sealed record Listener(string Name, IPEndPoint Bound, string AdvertisedHost, int AdvertisedPort);
