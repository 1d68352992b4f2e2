"""Drives a broker with kafka-python and prints what it saw as one line of JSON.

python3 kafka_python.py groups|admin BOOTSTRAP NAME
"""
import json
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

command, bootstrap, name = sys.argv[1:4]
group = name + '-group'


def admin_client():
    return KafkaAdminClient(bootstrap_servers=bootstrap)


def create_topic(partitions):
    admin = admin_client()
    admin.create_topics([NewTopic(name=name, num_partitions=partitions, replication_factor=1)])
    admin.close()


def produce(messages, **config):
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks='all', **config)
    sent = [producer.send(name, **message).get(timeout=30).offset for message in messages]
    producer.close()
    return sent


def read(count):
    """Reads as many records as told, as one member of a group, and commits."""
    consumer = KafkaConsumer(
        name, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset='earliest', enable_auto_commit=False)
    records = []
    while len(records) < count:
        for batch in consumer.poll(timeout_ms=1000).values():
            records += [{
                'partition': r.partition,
                'key': r.key and r.key.decode(),
                'value': r.value and r.value.decode(),
                'header': r.headers[0][1].decode() if r.headers else None,
            } for r in batch]
    consumer.commit()
    consumer.close()
    return records


def groups():
    create_topic(2)
    offsets = produce(
        [{'partition': p, 'key': b'k%d' % i, 'value': None if i == 2 else b'%d-%d' % (p, i), 'headers': [('from', b'python')]}
         for p in (0, 1) for i in range(3)],
        compression_type='gzip')
    first = read(6)
    produce([{'partition': 0, 'key': b'late', 'value': b'late'}])
    return {'offsets': offsets, 'first': first, 'second': read(1)}


def admin():
    create_topic(1)
    client = admin_client()
    client.create_partitions({name: NewPartitions(total_count=3)})
    produce([{'partition': 1, 'value': b'%d' % i} for i in range(4)])
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={'retention.ms': '123456'})])
    described = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={'retention.ms': None})])
    read(4)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap)
    partition = TopicPartition(name, 1)
    result = {
        'partitions': len(client.describe_topics([name])[0]['partitions']),
        'retention': described[0].resources[0][4][0][1],
        'committed': client.list_consumer_group_offsets(group)[partition].offset,
        'listed': group in [g[0] for g in client.list_consumer_groups()],
        'state': client.describe_consumer_groups([group])[0].state,
        'begin': consumer.beginning_offsets([partition])[partition],
        'end': consumer.end_offsets([partition])[partition],
        'at': consumer.offsets_for_times({partition: 0})[partition].offset,
    }
    client.delete_consumer_groups([group])
    client.delete_topics([name])
    result['exists'] = name in client.list_topics()
    return result


print(json.dumps({'groups': groups, 'admin': admin}[command]()))
