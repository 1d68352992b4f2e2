using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MassTransit.SqliteOutbox;

/// <summary>How MassTransit's job sagas are laid out in tables: lists and dictionaries as JSON, versions as numbers.</summary>
internal static class JobSagaEntities
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<JobTypeSaga>(type =>
        {
            Versioned(type);
            type.Property(x => x.Version).IsConcurrencyToken();
            Json(type.Property(x => x.ActiveJobs));
            Json(type.Property(x => x.Instances));
            Json(type.Property(x => x.Properties));
        });

        model.Entity<JobSaga>(job =>
        {
            Versioned(job);
            job.Property(x => x.Version).IsConcurrencyToken();
            Json(job.Property(x => x.Job));
            Json(job.Property(x => x.IncompleteAttempts));
            Json(job.Property(x => x.JobState));
            Json(job.Property(x => x.JobProperties));
            Utc(job.Property(x => x.StartDate));
            Utc(job.Property(x => x.EndDate));
            Utc(job.Property(x => x.NextStartDate));
        });

        model.Entity<JobAttemptSaga>(attempt =>
        {
            Versioned(attempt);
            attempt.Property(x => x.Version).IsConcurrencyToken();
            attempt.HasOne<JobSaga>().WithMany().HasForeignKey(x => x.JobId).OnDelete(DeleteBehavior.Cascade);
            attempt.HasIndex(x => new { x.JobId, x.RetryAttempt }).IsUnique();
        });
    }

    private static void Versioned<TSaga>(EntityTypeBuilder<TSaga> saga)
        where TSaga : class, ISaga
    {
        saga.ToTable(typeof(TSaga).Name);
        saga.HasKey(x => x.CorrelationId);
        saga.Property(x => x.CorrelationId).ValueGeneratedNever();
        saga.Ignore("RowVersion");
    }

    /// <summary>Changed in place, hence compared by what it would be written as.</summary>
    private static void Json<T>(PropertyBuilder<T> property)
        where T : class
    {
        property.HasConversion(
            value => ObjectDeserializer.Serialize(value),
            json => ObjectDeserializer.Deserialize<T>(json, null)!,
            new ValueComparer<T>(
                (left, right) => ObjectDeserializer.Serialize(left) == ObjectDeserializer.Serialize(right),
                value => ObjectDeserializer.Serialize(value)!.GetHashCode(StringComparison.Ordinal),
                value => ObjectDeserializer.Deserialize<T>(ObjectDeserializer.Serialize(value), null)!));
        property.IsRequired(false);
    }

    /// <summary>PostgreSQL takes no other offset.</summary>
    private static void Utc(PropertyBuilder<DateTimeOffset?> property) =>
        property.HasConversion(time => time == null ? time : time.Value.ToUniversalTime(), time => time);
}
