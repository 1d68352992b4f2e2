namespace PaymentGateway;

/// <summary>The behaviour in force. Safe from any thread; a change applies to calls that start after it.</summary>
internal sealed class BehaviourSwitch
{
    private volatile Behaviour _current = new();

    public Behaviour Current
    {
        get => _current;
        set => _current = value;
    }
}
