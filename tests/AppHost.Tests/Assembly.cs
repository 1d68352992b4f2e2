// Each test starts all processes of the solution: one at a time is as much as two cores take.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
