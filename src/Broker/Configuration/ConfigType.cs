namespace Broker.Configuration;

/// <summary>A setting's type, with the numbers DescribeConfigs gives them.</summary>
internal enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    List = 7,
}
