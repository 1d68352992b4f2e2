// Drives a broker with sarama and prints what it saw as one line of JSON.
// sarama VERSION groups|rebalance|admin BOOTSTRAP NAME
//
// sarama 1.22 commits with OffsetCommit 1 and describes settings with DescribeConfigs 0, which Kafka 4.0 has taken away. So a member of
// a group may see a record again, which is then left out here, and settings are set but not asked for.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"

	"github.com/Shopify/sarama"
)

var version, command, bootstrap, name = os.Args[1], os.Args[2], os.Args[3], os.Args[4]
var group = name + "-group"

type record struct {
	Partition int32   `json:"partition"`
	Key       *string `json:"key"`
	Value     *string `json:"value"`
	Header    *string `json:"header"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.ClientID = "sarama-" + version
	c.Version = sarama.MaxVersion
	c.Net.MaxOpenRequests = 1
	c.Producer.Idempotent = true
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Producer.Compression = sarama.CompressionLZ4
	c.Producer.Partitioner = sarama.NewManualPartitioner
	c.Producer.Return.Successes = true
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Group.Heartbeat.Interval = 200 * time.Millisecond
	return c
}

func admin() sarama.ClusterAdmin {
	a, err := sarama.NewClusterAdmin([]string{bootstrap}, config())
	must(err)
	return a
}

func createTopic(partitions int32) {
	a := admin()
	must(a.CreateTopic(name, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false))
	must(a.Close())
	served(partitions)
}

// Apache Kafka answers a change a moment before it counts, so whatever depends on one waits for it.
func served(partitions int32) {
	client, err := sarama.NewClient([]string{bootstrap}, config())
	must(err)
	until(func() bool {
		err := client.RefreshMetadata(name)
		for partition := int32(0); err == nil && partition < partitions; partition++ {
			_, err = client.GetOffset(name, partition, sarama.OffsetNewest)
		}
		if err != nil && err != sarama.ErrUnknownTopicOrPartition && err != sarama.ErrLeaderNotAvailable && err != sarama.ErrNotLeaderForPartition {
			must(err)
		}
		return err == nil
	})
	must(client.Close())
}

func produce(messages ...*sarama.ProducerMessage) {
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, config())
	must(err)
	must(producer.SendMessages(messages))
	must(producer.Close())
}

func message(partition int32, key, value string) *sarama.ProducerMessage {
	return &sarama.ProducerMessage{Topic: name, Partition: partition, Key: sarama.StringEncoder(key), Value: sarama.StringEncoder(value)}
}

// member joins the group until its context ends; it says what it owns and hands on what it reads.
type member struct {
	lock  sync.Mutex
	owned []int32
	seen  *sync.Map
	read  func(*sarama.ConsumerMessage)
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.owned = session.Claims()[name]
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		if _, again := m.seen.LoadOrStore([2]int64{int64(message.Partition), message.Offset}, true); !again {
			m.read(message)
		}
		session.MarkMessage(message, "")
	}
	return nil
}

func (m *member) owns() []int32 {
	m.lock.Lock()
	defer m.lock.Unlock()
	return m.owned
}

// join starts a member and gives what makes it leave, which returns when it has.
func join(seen *sync.Map, read func(*sarama.ConsumerMessage)) (*member, func()) {
	m := &member{seen: seen, read: read}
	consumers, err := sarama.NewConsumerGroup([]string{bootstrap}, group, config())
	must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			must(consumers.Consume(ctx, []string{name}, m))
		}
	}()
	return m, func() {
		cancel()
		<-done
		must(consumers.Close())
	}
}

// until watches what a condition depends on; whoever runs this ends it when that takes too long.
func until(condition func() bool) {
	for !condition() {
		time.Sleep(20 * time.Millisecond)
	}
}

func text(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	s := string(bytes)
	return &s
}

func recordOf(m *sarama.ConsumerMessage) record {
	r := record{Partition: m.Partition, Key: text(m.Key), Value: text(m.Value)}
	if len(m.Headers) > 0 {
		r.Header = text(m.Headers[0].Value)
	}
	return r
}

// readRecords reads as many records as told, as one member of a group.
func readRecords(count int) []record {
	var lock sync.Mutex
	var records []record
	_, leave := join(&sync.Map{}, func(m *sarama.ConsumerMessage) {
		lock.Lock()
		defer lock.Unlock()
		records = append(records, recordOf(m))
	})
	until(func() bool { lock.Lock(); defer lock.Unlock(); return len(records) >= count })
	leave()
	return records
}

// readAt reads one record without a group.
func readAt(partition int32, offset int64) record {
	consumer, err := sarama.NewConsumer([]string{bootstrap}, config())
	must(err)
	claim, err := consumer.ConsumePartition(name, partition, offset)
	must(err)
	r := recordOf(<-claim.Messages())
	must(claim.Close())
	must(consumer.Close())
	return r
}

func groups() map[string]interface{} {
	createTopic(2)
	var messages []*sarama.ProducerMessage
	for _, partition := range []int32{0, 1} {
		for i := 0; i < 3; i++ {
			m := message(partition, "k"+strconv.Itoa(i), strconv.Itoa(int(partition))+"-"+strconv.Itoa(i))
			if i == 2 {
				m.Value = nil
			}
			m.Headers = []sarama.RecordHeader{{Key: []byte("from"), Value: []byte("sarama")}}
			messages = append(messages, m)
		}
	}
	produce(messages...)
	first := readRecords(6)
	produce(message(0, "late", "late"))
	return map[string]interface{}{"first": first, "second": []record{readAt(0, 3)}}
}

// rebalance has two members of one group; the second leaves again.
func rebalance() map[string]interface{} {
	createTopic(4)
	var lock sync.Mutex
	var once sync.Map
	var seen []string
	read := func(m *sarama.ConsumerMessage) {
		lock.Lock()
		defer lock.Unlock()
		seen = append(seen, string(m.Value))
	}
	count := func() int { lock.Lock(); defer lock.Unlock(); return len(seen) }
	sendToAll := func(round string) {
		for partition := int32(0); partition < 4; partition++ {
			produce(message(partition, "", round+"-"+strconv.Itoa(int(partition))))
		}
	}

	first, leaveFirst := join(&once, read)
	until(func() bool { return len(first.owns()) == 4 })
	second, leaveSecond := join(&once, read)
	until(func() bool { return len(first.owns()) == 2 && len(second.owns()) == 2 })
	shared := append(append([]int32{}, first.owns()...), second.owns()...)
	sort.Slice(shared, func(i, j int) bool { return shared[i] < shared[j] })
	sendToAll("shared")
	until(func() bool { return count() >= 4 })
	leaveSecond()
	until(func() bool { return len(first.owns()) == 4 })
	sendToAll("alone")
	until(func() bool { return count() >= 8 })
	leaveFirst()
	sort.Strings(seen)
	return map[string]interface{}{"shared": shared, "seen": seen}
}

func administer() map[string]interface{} {
	createTopic(1)
	a := admin()
	must(a.CreatePartitions(name, 3, nil, false))
	served(3)
	for i := 0; i < 4; i++ {
		produce(message(1, "", strconv.Itoa(i)))
	}
	retention := "123456"
	must(a.AlterConfig(sarama.TopicResource, name, map[string]*string{"retention.ms": &retention}, false))
	readRecords(4)
	topics, err := a.DescribeTopics([]string{name})
	must(err)
	listed, err := a.ListConsumerGroups()
	must(err)
	described, err := a.DescribeConsumerGroups([]string{group})
	must(err)
	must(a.DeleteRecords(name, map[int32]int64{1: 3}))
	client, err := sarama.NewClient([]string{bootstrap}, config())
	must(err)
	begin, err := client.GetOffset(name, 1, sarama.OffsetOldest)
	must(err)
	end, err := client.GetOffset(name, 1, sarama.OffsetNewest)
	must(err)
	must(client.Close())
	must(a.DeleteTopic(name))
	until(func() bool {
		left, err := a.DescribeTopics([]string{name})
		must(err)
		return left[0].Err == sarama.ErrUnknownTopicOrPartition
	})
	must(a.Close())
	return map[string]interface{}{
		"partitions": len(topics[0].Partitions),
		"listed":     listed[group],
		"state":      described[0].State,
		"begin":      begin,
		"end":        end,
	}
}

func main() {
	result := map[string]func() map[string]interface{}{"groups": groups, "rebalance": rebalance, "admin": administer}[command]()
	result["version"] = version
	must(json.NewEncoder(os.Stdout).Encode(result))
}
