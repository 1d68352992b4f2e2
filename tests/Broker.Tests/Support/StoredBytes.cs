namespace Broker.Tests.Support;

/// <summary>Files of a broker that is stopped, for tests that spoil them.</summary>
internal static class StoredBytes
{
    /// <summary>Changes one byte in the first segment of a partition.</summary>
    public static void Spoil(this TestBroker broker, string partition, int position)
    {
        using var file = File.Open(Path.Combine(broker.DirectoryPath, partition, "00000000000000000000.log"), FileMode.Open, FileAccess.ReadWrite);
        file.Position = position;
        var value = file.ReadByte();
        file.Position = position;
        file.WriteByte((byte)(value ^ 0x55));
    }
}
