package store

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// Memory is a Store in maps.
type Memory struct {
	mu      sync.RWMutex
	records map[Bucket]map[string][]byte
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	s := &Memory{records: make(map[Bucket]map[string][]byte)}
	for _, b := range Buckets() {
		s.records[b] = make(map[string][]byte)
	}
	return s
}

// View runs fn while nothing changes.
func (s *Memory) View(fn func(Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return fn(&memoryTxn{records: s.records})
}

// Update runs fn, and undoes its changes if it fails.
func (s *Memory) Update(fn func(Tx) error) error {
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

// Close does nothing.
func (s *Memory) Close() error { return nil }

type memoryTxn struct {
	records map[Bucket]map[string][]byte
	undo    []func()
}

func (tx *memoryTxn) Get(b Bucket, key string) []byte { return tx.records[b][key] }

func (tx *memoryTxn) Put(b Bucket, key string, value []byte) error {
	tx.remember(b, key)
	tx.records[b][key] = value
	return nil
}

func (tx *memoryTxn) Delete(b Bucket, key string) error {
	tx.remember(b, key)
	delete(tx.records[b], key)
	return nil
}

func (tx *memoryTxn) remember(b Bucket, key string) {
	before, existed := tx.records[b][key]
	tx.undo = append(tx.undo, func() {
		if existed {
			tx.records[b][key] = before
		} else {
			delete(tx.records[b], key)
		}
	})
}

func (tx *memoryTxn) Keys(b Bucket, prefix string) []string {
	var keys []string
	for key := range maps.Keys(tx.records[b]) {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
