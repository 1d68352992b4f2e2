// Drives a broker with kafkajs and prints what it saw as one line of JSON.
// node kafkajs.js groups|rebalance|read|transactions|admin|errors BOOTSTRAP NAME OPTIONS
// OPTIONS is JSON: sasl for all commands, count for read.
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');

const version = require('kafkajs/package.json').version;
const [command, bootstrap, name, json] = process.argv.slice(2);
const options = JSON.parse(json);
const kafka = new Kafka({ brokers: [bootstrap], clientId: `kafkajs-${version}`, logLevel: logLevel.NOTHING, sasl: options.sasl });

// Apache Kafka answers a change a moment before it counts, so whatever depends on one waits for it. The client's own wait for leaders
// gives up when the broker does not know the topic yet.
async function createTopic(partitions) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: name, numPartitions: partitions }], waitForLeaders: false });
  await served(admin, partitions);
  await admin.disconnect();
}

async function served(admin, partitions) {
  const notYet = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'];
  await until(async () => {
    let offsets = [];
    const error = await errorOf(async () => { offsets = await admin.fetchTopicOffsets(name); });
    if (error !== null && !notYet.includes(error)) throw new Error(error);
    return offsets.length === partitions;
  });
}

// Reads as many messages as told, as one member of a group, and commits.
async function read(groupId, count) {
  const consumer = kafka.consumer({ groupId });
  const messages = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [name], fromBeginning: true });
  await new Promise((resolve, reject) => {
    // A coordinator that still loads is no end: the client begins again by itself.
    consumer.on(consumer.events.CRASH, event => event.payload.restart || reject(event.payload.error));
    consumer.run({
      eachMessage: async ({ partition, message }) => {
        messages.push({
          partition,
          offset: message.offset,
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

// Watches what a condition depends on; whoever runs the script ends it when that takes too long.
async function until(condition) {
  while (!await condition()) await new Promise(resolve => setTimeout(resolve, 20));
}

async function errorOf(act) {
  try {
    await act();
    return null;
  } catch (error) {
    return (error.cause ?? error).type ?? error.name;
  }
}

const commands = {
  async read() {
    return { records: await read(`${name}-kafkajs`, options.count) };
  },

  // Two members of one group; the second leaves again.
  async rebalance() {
    await createTopic(4);
    const owned = {};
    const seen = [];
    const join = async who => {
      const consumer = kafka.consumer({ groupId: `${name}-group`, sessionTimeout: 10000, heartbeatInterval: 200 });
      consumer.on(consumer.events.GROUP_JOIN, event => { owned[who] = event.payload.memberAssignment[name] ?? []; });
      await consumer.connect();
      await consumer.subscribe({ topics: [name], fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => { seen.push(message.value.toString()); } });
      return consumer;
    };
    const sendToAll = round => kafkaProducerSend([0, 1, 2, 3].map(partition => ({ partition, value: `${round}-${partition}` })));

    const first = await join('first');
    await until(() => owned.first?.length === 4);
    const second = await join('second');
    await until(() => owned.first.length === 2 && owned.second?.length === 2);
    const shared = [...owned.first, ...owned.second].sort();
    await sendToAll('shared');
    await until(() => seen.length >= 4);
    await second.disconnect();
    await until(() => owned.first.length === 4);
    await sendToAll('alone');
    await until(() => seen.length >= 8);
    await first.disconnect();
    return { shared, seen: seen.sort() };
  },

  async errors() {
    const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 1 } });
    await producer.connect();
    const send = (topic, size) => () => producer.send({ topic, messages: [{ value: 'x'.repeat(size) }] });
    const result = {
      tooLarge: await errorOf(send(name, 5000)),
      unknown: await errorOf(send(`${name}-missing`, 1)),
      closedTopic: await errorOf(send(`${name}-closed`, 1)),
    };
    await producer.disconnect();

    const consumer = kafka.consumer({ groupId: `${name}-closed`, retry: { retries: 0 } });
    const crash = new Promise(resolve => consumer.on(consumer.events.CRASH, event => resolve(event.payload.error)));
    await consumer.connect();
    await consumer.subscribe({ topics: [name] });
    result.closedGroup = await errorOf(async () => {
      await consumer.run({ eachMessage: async () => {} });
      throw await crash;
    });
    return result;
  },

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
    await served(admin, 3);
    await kafkaProducerSend([0, 1, 2, 3].map(i => ({ partition: 1, value: `${i}` })));
    const metadata = await admin.fetchTopicMetadata({ topics: [name] });
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name, configEntries: [{ name: 'retention.ms', value: '123456' }] }] });
    const values = (await read(`${name}-group`, 4)).map(message => message.value);
    await admin.setOffsets({ groupId: `${name}-group`, topic: name, partitions: [{ partition: 1, offset: '4' }] });
    const offsets = await admin.fetchOffsets({ groupId: `${name}-group`, topics: [name] });
    const groups = (await admin.listGroups()).groups.filter(group => group.groupId === `${name}-group`);
    const described = await admin.describeGroups([`${name}-group`]);
    await admin.deleteGroups([`${name}-group`]);
    const retention = async () => {
      const configs = await admin.describeConfigs({ includeSynonyms: true, resources: [{ type: 2, name, configNames: ['retention.ms'] }] });
      return configs.resources[0].configEntries[0].configValue;
    };
    await until(async () => await retention() === '123456');
    const latest = await admin.fetchTopicOffsets(name);
    await admin.deleteTopics({ topics: [name] });
    await until(async () => !(await admin.listTopics()).includes(name));
    await admin.disconnect();
    return {
      partitions: metadata.topics[0].partitions.length,
      values,
      offset: offsets[0].partitions.find(p => p.partition === 1).offset,
      protocolType: groups[0].protocolType,
      state: described.groups[0].state,
      high: latest.find(p => p.partition === 1).high,
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
    console.log(JSON.stringify({ version, ...result }));
    process.exit(0);
  },
  error => {
    console.error(error);
    process.exit(1);
  });
