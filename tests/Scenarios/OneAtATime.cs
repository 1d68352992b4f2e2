// One solution at a time: each takes both cores for itself, and metrics are counted per process.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
