using System.Text;

namespace MassTransit.LogTransport.Clients;

/// <summary>Keys and headers are UTF-8.</summary>
internal static class RecordText
{
    public static byte[]? ToBytes(string? text) => text == null ? null : Encoding.UTF8.GetBytes(text);

    public static string? FromBytes(byte[]? bytes) => bytes == null ? null : Encoding.UTF8.GetString(bytes);
}
