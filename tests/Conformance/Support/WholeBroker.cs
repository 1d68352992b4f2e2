namespace Conformance.Support;

/// <summary>Tests that look at every topic run alone: a topic that another test deletes meanwhile ends Kafka's tools with an error.</summary>
[CollectionDefinition(nameof(WholeBroker), DisableParallelization = true)]
public static class WholeBroker;
