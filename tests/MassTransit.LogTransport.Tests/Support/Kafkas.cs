namespace MassTransit.LogTransport.Tests.Support;

/// <summary>One node for several classes, which run one after the other: no more than two nodes at a time, each started once.</summary>
[CollectionDefinition]
public sealed class OneKafka : ICollectionFixture<ApacheKafka>;

/// <inheritdoc cref="OneKafka" />
[CollectionDefinition]
public sealed class OtherKafka : ICollectionFixture<ApacheKafka>;
