using Confluent.Kafka;
using MassTransit.LogTransport.Configuration;
using MassTransit.LogTransport.Diagnostics;
using MassTransit.LogTransport.Transactions;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// Writes records: idempotent, acknowledged by all replicas. Safe for any thread. A record that the broker did not acknowledge within the send
/// timeout fails with <see cref="TransportUnavailableException" /> and may or may not be in the log.
/// </summary>
internal sealed class RecordProducer(LogHostConfiguration hostConfiguration, BrokerClient client, TopicDeployer topics)
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan FirstRetryPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetryPause = TimeSpan.FromSeconds(2);

    /// <summary>Makes sure that records can be written to these topics.</summary>
    public Task Prepare(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        return names.All(topics.IsDeployed) ? Task.CompletedTask : Deploy(names, cancellationToken);
    }

    /// <summary>Leaves the record to the transaction of the delivery that sends it, if there is one and it is not over; else writes it now.</summary>
    public async Task Produce(string topic, Message<byte[]?, byte[]?> record, RecordOutputs? outputs, CancellationToken cancellationToken)
    {
        if (outputs == null)
        {
            await Produce(topic, record, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Nothing in a transaction may wait for a topic to be made.
        await Prepare([topic], cancellationToken).ConfigureAwait(false);

        try
        {
            if (outputs.TryAdd(topic, record))
                return;
        }
        catch (KafkaException exception)
        {
            throw Failed(topic, exception.Error);
        }

        await Produce(topic, record, cancellationToken).ConfigureAwait(false);
    }

    public Task Produce(string topic, Message<byte[]?, byte[]?> record, CancellationToken cancellationToken)
    {
        return Produce(new TopicPartition(topic, Partition.Any), record, cancellationToken);
    }

    public async Task Produce(TopicPartition destination, Message<byte[]?, byte[]?> record, CancellationToken cancellationToken)
    {
        var topic = destination.Topic;

        if (!topics.IsDeployed(topic))
            await Deploy([topic], cancellationToken).ConfigureAwait(false);

        for (; ; )
        {
            try
            {
                var pending = client.Produce(destination, record);

                // The record is the client's by now: a caller that gives up waiting does not take it back.
                var error = cancellationToken.CanBeCanceled
                    ? await pending.Task.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)
                    : await pending.Task.ConfigureAwait(false);

                if (error.IsError)
                    throw Failed(topic, error);

                LogTransportMetrics.RecordProduced(topic);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull)
            {
                // The broker is slower than the application, or away.
            }
            catch (ProduceException<byte[]?, byte[]?> exception)
            {
                throw Failed(topic, exception.Error);
            }

            await Task.Delay(QueueFullPause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task Deploy(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(hostConfiguration.Settings.DeliveryTimeout);
        var pause = FirstRetryPause;

        for (; ; )
        {
            try
            {
                await topics.Deploy(names, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ConnectionException exception) when (Refusals.IsLackOfRights(exception.InnerException))
            {
                // Time makes a topic, or a leader; a right is given by somebody who has to be told.
                throw new TransportException(hostConfiguration.HostAddress, exception.Message, exception);
            }
            catch (ConnectionException exception) when (timeout.IsCancellationRequested || !exception.IsTransient)
            {
                throw new TransportUnavailableException($"The topic '{string.Join("', '", names)}' could not be reached within {hostConfiguration.Settings.DeliveryTimeout}.", exception);
            }
            catch (ConnectionException)
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 < LongestRetryPause ? pause * 2 : LongestRetryPause;
            }
        }
    }

    private Exception Failed(string topic, Error error)
    {
        if (error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
            topics.Forget(topic);

        if (error.IsFatal)
            client.Replace(error);

        return error.Code is ErrorCode.Local_MsgTimedOut or ErrorCode.Local_Destroy
            ? new TransportUnavailableException($"The broker did not acknowledge a record for '{topic}': {error.Reason}", new KafkaException(error))
            : new TransportException(hostConfiguration.HostAddress, Refusals.Writing(hostConfiguration.Settings, topic, error), new KafkaException(error));
    }
}
