namespace MassTransit;

/// <summary>Which records of one endpoint wait for each other. Records of different partitions never do.</summary>
public enum DeliveryOrder
{
    /// <summary>Records with the same key are handled one after the other, in log order; records without a key in any order. The default.</summary>
    Key,

    /// <summary>All records of one partition are handled one after the other, in log order.</summary>
    Partition,

    /// <summary>No record waits for another.</summary>
    None,
}
