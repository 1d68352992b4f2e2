namespace MassTransit.SqliteOutbox;

/// <summary>
/// The transaction that a delivery shared came to nothing through no fault that can be told to be its own. It is run again,
/// by itself.
/// </summary>
internal sealed class GroupLostException(Exception cause) :
    Exception("The transaction of a group of deliveries was rolled back; each of them is run again by itself.", cause);
