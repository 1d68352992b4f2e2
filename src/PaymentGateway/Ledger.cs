using System.Diagnostics.CodeAnalysis;

namespace PaymentGateway;

/// <summary>
/// What the provider has done, decided one operation at a time under one lock: an operation is judged, written to the journal and
/// visible to everybody, or none of the three. Safe from any thread.
/// </summary>
internal sealed class Ledger
{
    private readonly Lock _lock = new();
    private readonly Journal _journal;
    private readonly TimeProvider _time;
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<string, Operation> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Payment> _payments = [];

    public Ledger(Journal journal, TimeProvider time)
    {
        _journal = journal;
        _time = time;
        foreach (var operation in journal.Operations)
        {
            ApplyUnderLock(operation);
        }
    }

    public IReadOnlyList<Operation> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    public bool TryFind(string idempotencyKey, [MaybeNullWhen(false)] out Operation operation)
    {
        lock (_lock)
        {
            return _byKey.TryGetValue(idempotencyKey, out operation);
        }
    }

    /// <summary>The token a payment was authorized with, or null when nothing was authorized under that id.</summary>
    public string? TokenOf(Guid paymentId)
    {
        lock (_lock)
        {
            return _payments.GetValueOrDefault(paymentId)?.Token;
        }
    }

    /// <summary>Carries the operation out, or returns what the key got before. Null when the key was used for another request.</summary>
    public Operation? Execute(string idempotencyKey, OperationRequest request)
    {
        lock (_lock)
        {
            if (_byKey.TryGetValue(idempotencyKey, out var known))
            {
                return known.Request == request ? known : null;
            }

            var refusal = Verdict.On(request, _payments.GetValueOrDefault(request.PaymentId) ?? Payment.None);
            var sequence = _operations.Count + 1;
            var operation = new Operation(
                sequence,
                _time.GetUtcNow(),
                idempotencyKey,
                request,
                refusal is null ? OperationOutcome.Approved : OperationOutcome.Refused,
                refusal is null ? $"{request.Kind.ToString()[..3].ToUpperInvariant()}-{sequence:D6}" : null,
                refusal);
            _journal.Append(operation);
            ApplyUnderLock(operation);
            return operation;
        }
    }

    private void ApplyUnderLock(Operation operation)
    {
        _operations.Add(operation);
        _byKey.Add(operation.IdempotencyKey, operation);
        if (operation.Outcome == OperationOutcome.Approved)
        {
            var id = operation.Request.PaymentId;
            _payments[id] = (_payments.GetValueOrDefault(id) ?? Payment.None).After(operation.Request);
        }
    }
}
