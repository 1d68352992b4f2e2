using System.Net;
using Broker.Security;

namespace Broker.Connections;

/// <summary>A bound listener: its name, where it listens, what it tells clients and what it asks of them.</summary>
internal sealed record Listener(
    string Name, IPEndPoint Bound, string AdvertisedHost, int AdvertisedPort, ListenerSecurity Security, ListenerLimits Limits);
