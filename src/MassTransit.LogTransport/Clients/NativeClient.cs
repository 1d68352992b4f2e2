using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace MassTransit.LogTransport;

/// <summary>
/// The native library under Confluent.Kafka. On Linux the package's default build needs a SASL library of one exact version;
/// where that is missing, loading would silently take whatever older librdkafka the system has. This resolver asks for the
/// package's build without that dependency instead, which leaves out Kerberos only.
/// </summary>
public static class NativeClient
{
    private const string LibraryName = "librdkafka";
    private static readonly Lock Gate = new();
    private static bool _installed;

    /// <summary>The version of the library that is loaded, for instance <c>2.16.0</c>.</summary>
    /// <exception cref="DllNotFoundException">The library cannot be loaded on this platform.</exception>
    public static string Version
    {
        get
        {
            Load();
            return Library.VersionString;
        }
    }

    /// <summary>
    /// Makes sure that the library of the package is the one that is used. To be called before the first use of any Confluent.Kafka
    /// type in a process; every bus does so itself. Any thread, any number of times.
    /// </summary>
    /// <exception cref="InvalidOperationException">An older library was loaded before the first call.</exception>
    public static void Load()
    {
        lock (Gate)
        {
            if (_installed)
                return;

            if (OperatingSystem.IsLinux())
                NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

            // 2.x is what the transport is tested on; 0x02000000 is how librdkafka writes 2.0.0.
            if (Library.Version < 0x02100000)
                throw new InvalidOperationException($"librdkafka {Library.VersionString} was loaded; the transport needs the 2.16 of its package.");

            _installed = true;
        }
    }

    private static IntPtr Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (libraryName.Contains(LibraryName, StringComparison.Ordinal))
        {
            foreach (var path in BundledPaths())
            {
                if (NativeLibrary.TryLoad(path, out var handle))
                    return handle;
            }
        }

        return IntPtr.Zero;
    }

    private static IEnumerable<string> BundledPaths()
    {
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        string[] rids = [RuntimeInformation.RuntimeIdentifier, $"linux-{architecture}"];
        string[] files = ["centos8-librdkafka.so", "librdkafka.so", "alpine-librdkafka.so"];

        foreach (var file in files)
        {
            foreach (var rid in rids)
                yield return Path.Combine(AppContext.BaseDirectory, "runtimes", rid, "native", file);

            yield return Path.Combine(AppContext.BaseDirectory, file);
        }
    }
}
