namespace Broker.Tests.Support;

/// <summary>What these tests measure is the process': no other test runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
