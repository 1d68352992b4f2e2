"""Drives a broker with kafka-python and prints what it saw as one line of JSON.

python3 kafka_python.py groups|rebalance|read|admin|errors BOOTSTRAP NAME OPTIONS
OPTIONS is JSON: sasl for all commands, count for read.
"""
import json
import sys
import threading

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

command, bootstrap, name = sys.argv[1:4]
options = json.loads(sys.argv[4])
group = name + '-group'
common = {'bootstrap_servers': bootstrap}
if 'sasl' in options:
    common.update(
        security_protocol='SASL_PLAINTEXT', sasl_mechanism=options['sasl']['mechanism'],
        sasl_plain_username=options['sasl']['username'], sasl_plain_password=options['sasl']['password'])


def admin_client():
    return KafkaAdminClient(**common)


def create_topic(partitions):
    admin = admin_client()
    admin.create_topics([NewTopic(name=name, num_partitions=partitions, replication_factor=1)])
    admin.close()
    served(partitions)


def served(partitions):
    """Apache Kafka answers a change a moment before it counts, so whatever depends on one waits for it. This call asks again by itself."""
    consumer = KafkaConsumer(**common)
    consumer.end_offsets([TopicPartition(name, partition) for partition in range(partitions)])
    consumer.close()


def produce(messages, **config):
    producer = KafkaProducer(acks='all', **common, **config)
    sent = [producer.send(name, **message).get(timeout=30).offset for message in messages]
    producer.close()
    return sent


def member(group_id, **config):
    return KafkaConsumer(
        name, group_id=group_id, auto_offset_reset='earliest', enable_auto_commit=False, **common, **config)


def read(count, group_id=group):
    """Reads as many records as told, as one member of a group, and commits."""
    consumer = member(group_id)
    records = []
    while len(records) < count:
        for batch in consumer.poll(timeout_ms=1000).values():
            records += [{
                'partition': r.partition,
                'offset': r.offset,
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
    served(3)
    produce([{'partition': 1, 'value': b'%d' % i} for i in range(4)])
    client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs={'retention.ms': '123456'})])
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs={'retention.ms': None})]
    until(lambda: client.describe_configs(asked)[0].resources[0][4][0][1] == '123456')
    read(4)
    consumer = KafkaConsumer(**common)
    partition = TopicPartition(name, 1)
    result = {
        'partitions': len(client.describe_topics([name])[0]['partitions']),
        'committed': client.list_consumer_group_offsets(group)[partition].offset,
        'listed': group in [g[0] for g in client.list_consumer_groups()],
        'state': client.describe_consumer_groups([group])[0].state,
        'begin': consumer.beginning_offsets([partition])[partition],
        'end': consumer.end_offsets([partition])[partition],
        'at': consumer.offsets_for_times({partition: 0})[partition].offset,
    }
    client.delete_consumer_groups([group])
    client.delete_topics([name])
    until(lambda: name not in client.list_topics())
    return result


class Member(threading.Thread):
    """A member of the group in a thread of its own: one that joins waits for the others to join again."""

    def __init__(self, seen):
        super().__init__(daemon=True)
        self.seen = seen
        self.owned = set()
        self.leaves = threading.Event()
        self.start()

    def run(self):
        consumer = member(group, heartbeat_interval_ms=200)
        while not self.leaves.is_set():
            for batch in consumer.poll(timeout_ms=50).values():
                self.seen.extend(r.value.decode() for r in batch)
                consumer.commit()
            self.owned = {p.partition for p in consumer.assignment()}
        consumer.close()


def until(condition):
    """Watches what a condition depends on; whoever runs the script ends it when that takes too long."""
    while not condition():
        threading.Event().wait(0.02)


def rebalance():
    """Two members of one group; the second leaves again."""
    create_topic(4)
    seen = []

    def send_to_all(text):
        produce([{'partition': p, 'value': b'%s-%d' % (text, p)} for p in range(4)])

    first = Member(seen)
    until(lambda: len(first.owned) == 4)
    second = Member(seen)
    until(lambda: (len(first.owned), len(second.owned)) == (2, 2))
    shared = sorted(first.owned | second.owned)
    send_to_all(b'shared')
    until(lambda: len(seen) >= 4)
    second.leaves.set()
    second.join()
    until(lambda: len(first.owned) == 4)
    send_to_all(b'alone')
    until(lambda: len(seen) >= 8)
    first.leaves.set()
    first.join()
    return {'shared': shared, 'seen': sorted(seen)}


def error_of(act):
    try:
        act()
        return None
    except kafka.errors.KafkaError as error:
        return type(error).__name__


def errors():
    producer = KafkaProducer(acks='all', **common)
    result = {
        'tooLarge': error_of(lambda: producer.send(name, b'x' * 5000).get(timeout=30)),
        'closedTopic': error_of(lambda: producer.send(name + '-closed', b'x').get(timeout=30)),
        'unknown': error_of(lambda: admin_client().delete_topics([name + '-missing'])),
        'closedGroup': error_of(lambda: member(name + '-closed').poll(timeout_ms=30000)),
    }
    producer.close()
    return result


commands = {
    'groups': groups,
    'rebalance': rebalance,
    'read': lambda: {'records': read(options['count'], name + '-python')},
    'admin': admin,
    'errors': errors,
}
print(json.dumps({'version': kafka.__version__, **commands[command]()}))
