namespace Broker.Configuration;

/// <summary>A setting's type, with the numbers DescribeConfigs gives them.</summary>
internal enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,

    /// <summary>A secret: its value is never shown.</summary>
    Password = 9,
}
