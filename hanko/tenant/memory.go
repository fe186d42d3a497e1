package tenant

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// memoryStore keeps everything in maps.
type memoryStore struct {
	mu      sync.RWMutex
	records map[bucket]map[string][]byte
}

func newMemoryStore() *memoryStore {
	s := &memoryStore{records: make(map[bucket]map[string][]byte)}
	for _, b := range buckets() {
		s.records[b] = make(map[string][]byte)
	}
	return s
}

func (s *memoryStore) view(fn func(txn) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return fn(&memoryTxn{records: s.records})
}

func (s *memoryStore) update(fn func(txn) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := &memoryTxn{records: s.records}
	err := fn(tx)
	if err != nil {
		for _, undo := range slices.Backward(tx.undo) {
			undo()
		}
	}
	return err
}

func (s *memoryStore) close() error { return nil }

type memoryTxn struct {
	records map[bucket]map[string][]byte
	undo    []func()
}

func (tx *memoryTxn) get(b bucket, key string) []byte { return tx.records[b][key] }

func (tx *memoryTxn) put(b bucket, key string, value []byte) error {
	tx.remember(b, key)
	tx.records[b][key] = value
	return nil
}

func (tx *memoryTxn) delete(b bucket, key string) error {
	tx.remember(b, key)
	delete(tx.records[b], key)
	return nil
}

func (tx *memoryTxn) remember(b bucket, key string) {
	before, existed := tx.records[b][key]
	tx.undo = append(tx.undo, func() {
		if existed {
			tx.records[b][key] = before
		} else {
			delete(tx.records[b], key)
		}
	})
}

func (tx *memoryTxn) keys(b bucket, prefix string) []string {
	var keys []string
	for key := range maps.Keys(tx.records[b]) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
