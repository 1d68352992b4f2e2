// Drives a broker with kafkajs and prints what it saw as one line of JSON.
// node kafkajs.js groups|transactions|admin BOOTSTRAP NAME
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const [command, bootstrap, name] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [bootstrap], clientId: `kafkajs-${require('kafkajs/package.json').version}`, logLevel: logLevel.NOTHING });

async function createTopic(partitions) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: partitions }], waitForLeaders: true });
  await admin.disconnect();
}

// Reads as many messages as told, as one member of a group, and commits.
async function read(groupId, count) {
  const consumer = kafka.consumer({ groupId });
  const messages = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, event => reject(event.payload.error));
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        messages.push({
          partition,
          key: message.key?.toString() ?? null,
          value: message.value?.toString() ?? null,
          header: message.headers.from?.toString() ?? null,
        });
        if (messages.length === count) resolve();
      },
    });
  });
  await consumer.disconnect();
  return messages;
}

const commands = {
  async groups() {
    await createTopic(2);
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    for (const partition of [0, 1]) {
      await producer.send({
        topic: name,
        acks: -1,
        compression: CompressionTypes.GZIP,
        messages: [0, 1, 2].map(i => ({ partition, key: `k${i}`, value: i === 2 ? null : `${partition}-${i}`, headers: { from: 'kafkajs' } })),
      });
    }
    await producer.disconnect();

    const first = await read(`${name}-group`, 6);
    await kafkaProducerSend([{ partition: 0, key: 'late', value: 'late' }]);
    const second = await read(`${name}-group`, 1);
    return { first, second };
  },

  async transactions() {
    await createTopic(1);
    await kafkaProducerSend([{ value: 'before' }]);
    const producer = kafka.producer({ transactionalId: `${name}-tx`, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();

    const aborted = await producer.transaction();
    await aborted.send({ topic: name, messages: [{ value: 'aborted' }] });
    await aborted.abort();

    const committed = await producer.transaction();
    await committed.send({ topic: name, messages: [{ value: 'committed' }] });
    await committed.sendOffsets({ consumerGroupId: `${name}-group`, topics: [{ topic: name, partitions: [{ partition: 0, offset: '1' }] }] });
    await committed.commit();
    await producer.disconnect();

    const values = (await read(`${name}-reader`, 2)).map(message => message.value);
    const admin = kafka.admin();
    await admin.connect();
    const offsets = await admin.fetchOffsets({ groupId: `${name}-group`, topics: [name] });
    await admin.disconnect();
    return { values, offset: offsets[0].partitions[0].offset };
  },

  async admin() {
    await createTopic(1);
    const admin = kafka.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: name, count: 3 }] });
    await kafkaProducerSend([0, 1, 2, 3].map(i => ({ partition: 1, value: `${i}` })));
    const metadata = await admin.fetchTopicMetadata({ topics: [name] });
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name, configEntries: [{ name: 'retention.ms', value: '123456' }] }] });
    const values = (await read(`${name}-group`, 4)).map(message => message.value);
    await admin.setOffsets({ groupId: `${name}-group`, topic: name, partitions: [{ partition: 1, offset: '4' }] });
    const offsets = await admin.fetchOffsets({ groupId: `${name}-group`, topics: [name] });
    const groups = (await admin.listGroups()).groups.filter(group => group.groupId === `${name}-group`);
    const described = await admin.describeGroups([`${name}-group`]);
    await admin.deleteGroups([`${name}-group`]);
    const configs = await admin.describeConfigs({ includeSynonyms: true, resources: [{ type: 2, name, configNames: ['retention.ms'] }] });
    const latest = await admin.fetchTopicOffsets(name);
    await admin.deleteTopics({ topics: [name] });
    const exists = (await admin.listTopics()).includes(name);
    await admin.disconnect();
    return {
      partitions: metadata.topics[0].partitions.length,
      values,
      offset: offsets[0].partitions.find(p => p.partition === 1).offset,
      protocolType: groups[0].protocolType,
      state: described.groups[0].state,
      retention: configs.resources[0].configEntries[0].configValue,
      high: latest.find(p => p.partition === 1).high,
      exists,
    };
  },
};

async function kafkaProducerSend(messages) {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: name, messages });
  await producer.disconnect();
}

commands[command]().then(
  result => {
    console.log(JSON.stringify(result));
    process.exit(0);
  },
  error => {
    console.error(error);
    process.exit(1);
  });
