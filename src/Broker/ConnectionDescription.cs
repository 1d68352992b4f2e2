namespace Broker;

/// <summary>A client's connection at one moment, for operators.</summary>
/// <param name="ClientId"><c>client.id</c> of its latest request; null without.</param>
/// <param name="Software">Name and version of the client library, as it says itself; null when it does not.</param>
/// <param name="Address">Where it comes from: <c>127.0.0.1:49213</c>.</param>
/// <param name="Listener">The listener it came in by.</param>
/// <param name="Principal">Who it is: <c>User:ANONYMOUS</c> unless the listener authenticates.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="LastActivity">When a request last came.</param>
/// <param name="Requests">How many came.</param>
/// <param name="Produces">What it produces to, in order of topic.</param>
/// <param name="Fetches">What it fetches from, in order of topic.</param>
public sealed record ConnectionDescription(
    string? ClientId, string? Software, string Address, string Listener, string Principal, DateTimeOffset OpenedAt, DateTimeOffset LastActivity,
    long Requests, IReadOnlyList<TopicTraffic> Produces, IReadOnlyList<TopicTraffic> Fetches);

/// <summary>What a connection has sent to or got from a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Batches">Batches stored, or answers that had records of a partition.</param>
/// <param name="Bytes">Of records, as stored.</param>
/// <param name="LastActivity">When that was last.</param>
public sealed record TopicTraffic(string Topic, long Batches, long Bytes, DateTimeOffset LastActivity);
