using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaymentGateway;

/// <summary>
/// The ledger on disk: one JSON object a line, appended and never changed. Called under the ledger's lock. A line without its line
/// feed was never answered for, so opening cuts it off. A failed append leaves the journal unusable until the next start.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private readonly FileStream _file;
    private bool _failed;

    private Journal(FileStream file, IReadOnlyList<Operation> operations)
    {
        _file = file;
        Operations = operations;
    }

    /// <summary>What the file held when it was opened, oldest first.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    public static Journal Open(string path)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        // Without sharing: two gateways over one ledger would both be wrong.
        var file = new FileStream(full, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            return new Journal(file, ReadAndCut(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Append(Operation operation)
    {
        if (_failed)
        {
            throw new IOException($"{_file.Name} could not be written before; the gateway has to be restarted");
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(operation, Json);
        var line = new byte[json.Length + 1];
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        try
        {
            _file.Write(line);
        }
        catch
        {
            _failed = true;
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static List<Operation> ReadAndCut(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var complete = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        file.SetLength(complete);
        file.Position = complete;

        return Encoding.UTF8.GetString(bytes, 0, complete)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<Operation>(line, Json)!)
            .ToList();
    }
}
