using Broker.Protocol;
using Broker.Records;

namespace Broker.Fuzz.Targets;

/// <summary>Varints of both kinds: a value that is read is what its shortest form reads as, and nothing past the input is touched.</summary>
internal static class VarintTarget
{
    public static FuzzTarget Create() => new("varint", [.. Corpus.Read("varint")], Run, length => 1024);

    private static void Run(byte[] input)
    {
        var used = Varint.Read(input, out long value);
        Check(input, used, value);
        used = Varint.Read(input, out int small);
        Check(input, used, small);

        var reader = new ProtocolReader(input);
        var unsigned = reader.ReadUnsignedVarint();
        if (reader.Failed ? unsigned != 0 : reader.Position is < 1 or > 5)
            throw new InvalidOperationException($"An unsigned varint of {reader.Position} bytes gave {unsigned}.");
    }

    private static void Check(byte[] input, int used, long value)
    {
        if (used > input.Length || used > 10)
            throw new InvalidOperationException($"{used} of {input.Length} bytes were taken.");
        if (used <= 0)
            return;

        Span<byte> shortest = stackalloc byte[16];
        var written = Varint.Write(shortest, value);
        if (written > used || written != Varint.SizeOf(value) || Varint.Read(shortest[..written], out long again) != written || again != value)
            throw new InvalidOperationException($"{value} does not come back.");
    }
}
