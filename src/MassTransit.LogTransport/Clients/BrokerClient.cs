using Confluent.Kafka;
using MassTransit.LogTransport.Configuration;

namespace MassTransit.LogTransport.Clients;

/// <summary>
/// The one native client of a bus that writes and administers; made when first needed, remade after an error the client cannot recover from.
/// Safe for any thread.
/// </summary>
internal sealed class BrokerClient(LogHostConfiguration hostConfiguration, Action<Error> onError)
{
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(5);
    private static readonly Error Stopped = new(ErrorCode.Local_Destroy, "The bus was stopped before the broker acknowledged the record.");
    private readonly Lock _gate = new();
    private Handles? _handles;
    private bool _closed;

    public IAdminClient Admin => Current.Admin;

    private Handles Current
    {
        get
        {
            var handles = Volatile.Read(ref _handles);
            if (handles != null)
                return handles;

            lock (_gate)
            {
                if (_closed)
                    throw new TransportUnavailableException("The bus is stopped.");

                return _handles ??= Create();
            }
        }
    }

    /// <summary>Gives a record to the client. The result is to be awaited once; it fails when the client does not take the record, for instance because it holds too many.</summary>
    public PendingDelivery Produce(TopicPartition destination, Message<byte[]?, byte[]?> record) => Current.Waves.Produce(destination, record);

    /// <summary>Forgets a client with a fatal error. Records it still holds fail; the next send makes a new client.</summary>
    public void Replace(Error error)
    {
        lock (_gate)
        {
            if (_handles == null)
                return;

            LogContext.Error?.Log("The producer failed and is replaced: {Reason}", error.Reason);

            var failed = _handles;
            _handles = null;

            // It may take long, and whoever noticed waits for a send.
            new Thread(() => failed.Close(error)) { IsBackground = true, Name = "log transport: failed producer" }.Start();
        }
    }

    /// <summary>Waits until the broker has what was sent, for the given time at most; then lets go of the client even if that blocks.</summary>
    public async Task Close(TimeSpan flushLimit)
    {
        Handles? handles;
        lock (_gate)
        {
            _closed = true;
            handles = _handles;
            _handles = null;
        }

        if (handles == null)
            return;

        try
        {
            await OnThread(() =>
            {
                handles.Waves.Hasten();
                handles.Producer.Flush(flushLimit);
                handles.Close(Stopped);
            }).WaitAsync(flushLimit + DisposeLimit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogContext.Warning?.Log("The producer did not close within {Limit} and was abandoned", flushLimit + DisposeLimit);
            handles.Waves.Abandon(Stopped);
        }
    }

    /// <summary>Native calls that wait for a broker have no asynchronous form; each gets a thread of its own, so that a dead broker takes none from the pool.</summary>
    public static Task<T> OnThread<T>(Func<T> call)
    {
        return Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    public static Task OnThread(Action call)
    {
        return Task.Factory.StartNew(call, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
    }

    private Handles Create()
    {
        NativeClient.Load();
        LogContext.Debug?.Log("librdkafka {Version}, brokers {BootstrapServers}", Library.VersionString, hostConfiguration.Settings.BootstrapServers);

        var producer = new ProducerBuilder<byte[]?, byte[]?>(ClientConfiguration.Producer(hostConfiguration.Settings))
            .SetKeySerializer(Serializers.ByteArray!)
            .SetValueSerializer(Serializers.ByteArray!)
            .SetLogHandler((_, message) =>
            {
                ClientLog.Write(hostConfiguration.LogContext, message);

                // A connection that is closed at once is no error to the client, it only logs it.
                if (ClientLog.Failure(message) is { } failure)
                    onError(failure);
            })
            .SetErrorHandler((_, error) => onError(error))
            .Build();

        return new Handles(producer, new DependentAdminClientBuilder(producer.Handle).Build());
    }

    private sealed record Handles(IProducer<byte[]?, byte[]?> Producer, IAdminClient Admin)
    {
        public RecordWaves Waves { get; } = new(Producer.Produce, TimeProvider.System);

        public void Close(Error error)
        {
            Admin.Dispose();
            Producer.Dispose();
            Waves.Abandon(error);
            Waves.Dispose();
        }
    }
}
