using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Broker.Diagnostics;
using Broker.Protocol;
using Broker.Storage;
using Microsoft.Extensions.Logging;

namespace Broker.Authorization;

/// <summary>
/// Says who may do what, by Kafka's rules for access control lists: super users anything; else the entries decide, one that denies
/// before all that allow; where a resource has no entries, <c>allow.everyone.if.no.acl.found</c>. Decisions are kept until the
/// entries change, so that a client's second request for the same costs a look-up. Safe for use by any thread.
/// </summary>
internal sealed class Authorizer
{
    /// <summary>Distinct decisions kept; a client that asks for ever new names makes the broker forget, not grow.</summary>
    private const int MaxDecisions = 10_000;

    private const string ClassName = "org.apache.kafka.metadata.authorizer.StandardAuthorizer";

    private readonly HashSet<string> _superUsers;
    private readonly bool _allowWithoutEntries;
    private readonly BrokerMetrics _metrics;
    private readonly ILogger _logger;
    private volatile Decisions _decisions = new(new AclIndex([]));

    public Authorizer(AclStore? store, BrokerOptions options, BrokerMetrics metrics, ILogger logger)
    {
        Store = store;
        _superUsers = SuperUsers.Parse(options.SuperUsers);
        _allowWithoutEntries = options.AllowEveryoneIfNoAclFound;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Null when no authorizer is configured: then everybody may do everything.</summary>
    public AclStore? Store { get; }

    [MemberNotNullWhen(true, nameof(Store))]
    public bool IsConfigured => Store is not null;

    internal int DecisionsKept => _decisions.Made.Count;

    /// <exception cref="InvalidDataException">The file of entries is damaged.</exception>
    public static Authorizer Open(BrokerOptions options, DataDirectory directory, BrokerMetrics metrics, ILogger logger) =>
        new(options.AuthorizerClassName.Length > 0 ? AclStore.Open(directory) : null, options, metrics, logger);

    public static string? CheckClassName(string text) => text is "" or ClassName ? null : $"{ClassName} or nothing";

    /// <param name="client">Who asks, from where.</param>
    /// <param name="operation">What to do.</param>
    /// <param name="type">To what kind of resource.</param>
    /// <param name="name">Its name.</param>
    /// <param name="api">The request; a denial is logged with it, once until the entries change, and counted. Null asks without either.</param>
    public bool Allows(in Client client, AclOperation operation, ResourceType type, string name, ApiKey? api)
    {
        if (!IsConfigured)
            return true;

        var decision = Decide(client, operation, type, name, Store.Entries);
        if (!decision.Allowed && api is { } asked)
        {
            _metrics.Denied(type, operation);
            if (decision.MayBeLogged())
                _logger.Denied(client.Principal, operation, type, name, client.Address, asked, decision.Rule);
        }

        return decision.Allowed;
    }

    /// <summary>Whether there may be a resource of the type, now or later, that the client may do this to.</summary>
    public bool AllowsSome(in Client client, AclOperation operation, ResourceType type)
    {
        if (!IsConfigured || IsSuperUser(client.Principal))
            return true;

        // A name no resource can have: what is true for it follows from wildcards and the default alone.
        const string nobodys = "\0";
        var entries = Store.Entries;
        return Decide(client, operation, type, nobodys, entries).Allowed
            || entries.AllowsSome(client.Principal.ToString(), client.Address.ToString(), operation, type);
    }

    private Decision Decide(in Client client, AclOperation operation, ResourceType type, string name, AclIndex entries)
    {
        var decisions = _decisions;
        if (decisions.Entries != entries || decisions.IsFull)
            _decisions = decisions = new Decisions(entries);

        var question = new Question(client.Principal, client.Address, operation, type, name);
        if (!decisions.Made.TryGetValue(question, out var decision))
        {
            decision = Decide(question, entries);
            decisions.Keep(question, decision);
        }

        return decision;
    }

    private Decision Decide(Question asked, AclIndex entries)
    {
        if (IsSuperUser(asked.Principal))
            return new Decision(true, "super user");

        var entry = entries.Find(
            asked.Principal.ToString(), asked.Address.ToString(), asked.Operation, asked.Type, asked.Name, out var hasEntries);
        return entry is not null ? new Decision(entry.Permission == AclPermission.Allow, entry.ToString())
            : hasEntries ? new Decision(false, "no entry allows it")
            : new Decision(_allowWithoutEntries, "there is no entry for it");
    }

    private bool IsSuperUser(KafkaPrincipal principal) => _superUsers.Count > 0 && _superUsers.Contains(principal.ToString());

    /// <summary>Who asks and from where.</summary>
    public readonly record struct Client(KafkaPrincipal Principal, IPAddress Address);

    private readonly record struct Question(KafkaPrincipal Principal, IPAddress Address, AclOperation Operation, ResourceType Type, string Name);

    private sealed class Decision(bool allowed, string rule)
    {
        private int _logged;

        public bool Allowed => allowed;

        public string Rule => rule;

        public bool MayBeLogged() => Interlocked.Exchange(ref _logged, 1) == 0;
    }

    private sealed class Decisions(AclIndex entries)
    {
        private int _count;

        public AclIndex Entries => entries;

        public ConcurrentDictionary<Question, Decision> Made { get; } = new();

        public bool IsFull => Volatile.Read(ref _count) >= MaxDecisions;

        public void Keep(Question question, Decision decision)
        {
            if (Made.TryAdd(question, decision))
                Interlocked.Increment(ref _count);
        }
    }
}
