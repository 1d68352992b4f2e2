namespace MassTransit;

/// <summary>What the value of a record is. Headers are the same with either.</summary>
public enum RecordBody
{
    /// <summary>The message alone; everything else about it is in the record's headers. The default. Content type <c>application/json</c>.</summary>
    PlainJson,

    /// <summary>MassTransit's JSON envelope, as <c>UseJsonSerializer</c> writes it. Content type <c>application/vnd.masstransit+json</c>.</summary>
    Envelope,
}
