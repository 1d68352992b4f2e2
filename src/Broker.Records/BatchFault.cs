namespace Broker.Records;

/// <summary>Why a batch from outside is refused; the broker maps each value to one error code.</summary>
public enum BatchFault
{
    None,

    /// <summary>Wrong CRC or magic, or a length too short to be a batch: the bytes are not what the client meant to send (CORRUPT_MESSAGE).</summary>
    Corrupt,

    /// <summary>Intact bytes that break a rule of the format, or more bytes than one batch, or fewer than it announces (INVALID_RECORD).</summary>
    Invalid,

    /// <summary>The batch claims LogAppendTime, which only a broker may write (INVALID_TIMESTAMP).</summary>
    InvalidTimestamp,

    /// <summary>Unknown codec, or a payload its codec cannot read (UNKNOWN_SERVER_ERROR, as Kafka answers).</summary>
    Undecompressable,

    /// <summary>The payload grows beyond <see cref="Decompression.MaxBytes"/> or <see cref="Decompression.MaxRatio"/> (MESSAGE_TOO_LARGE).</summary>
    TooLarge,
}
