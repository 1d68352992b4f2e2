using Conformance.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LastCollection.Orderer))]

namespace Conformance.Support;

/// <summary>Runs alone when all other tests are done, and looks at what they have left.</summary>
[CollectionDefinition(nameof(LastCollection), DisableParallelization = true)]
public static class LastCollection
{
    /// <summary>What may run in parallel runs first; of the rest this puts the last collection last.</summary>
    public sealed class Orderer : ITestCollectionOrderer
    {
        public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
            where TTestCollection : ITestCollection =>
            [.. testCollections.OrderBy(collection => collection.TestCollectionDisplayName == nameof(LastCollection))];
    }
}
