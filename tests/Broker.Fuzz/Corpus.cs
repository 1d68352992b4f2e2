namespace Broker.Fuzz;

/// <summary>The inputs of Corpus/NAME.txt: a line each, a word on what it is and the bytes in hexadecimal.</summary>
internal static class Corpus
{
    public static IEnumerable<byte[]> Read(string name) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Corpus", $"{name}.txt"))
        where line.Length > 0 && line[0] != '#'
        let words = line.Split(' ')
        select words[^1] == "-" ? [] : Convert.FromHexString(words[^1]);
}
