using Confluent.Kafka;
using MassTransit.Logging;
using MassTransit.LogTransport.Clients;

namespace MassTransit.LogTransport.Scheduling;

/// <summary>What all partitions that one bus owns share.</summary>
/// <param name="Time">Tells what is due.</param>
/// <param name="Budget">For the messages kept in memory.</param>
/// <param name="End">Where a partition ends: everything acknowledged before the question lies below the answer.</param>
/// <param name="Lookup">For messages that are not kept in memory.</param>
/// <param name="Producer">Writes messages again.</param>
/// <param name="LogContext">Of the bus.</param>
internal sealed record ScheduleServices(TimeProvider Time, MemoryBudget Budget, Func<TopicPartition, Task<long>> End, RecordLookup Lookup, RecordProducer Producer, ILogContext? LogContext);
