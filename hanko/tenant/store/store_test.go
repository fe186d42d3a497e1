package store

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Whatever keeps the file from being used, --ephemeral does without it.
func TestStoreErrorsNameTheWayOut(t *testing.T) {
	for _, problem := range []Problem{Locked, Unreachable, Full, Unwritable} {
		if text := (&Error{Path: "/tenant.db", Problem: problem}).Error(); !strings.Contains(text, "--ephemeral") {
			t.Errorf("for %q it says %s", problem, text)
		}
	}
}

// TestStoreContract holds both stores to the same behaviour.
func TestStoreContract(t *testing.T) {
	file, err := Open(filepath.Join(t.TempDir(), "tenant.db"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Store{"memory": NewMemory(), "file": file} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}()
			put := func(tx Tx, keys ...string) error {
				for _, key := range keys {
					if err := Save(tx, Sessions, key, key); err != nil {
						return err
					}
				}
				return nil
			}
			if err := s.Update(func(tx Tx) error { return put(tx, "b/2", "a/1", "b/1", "c") }); err != nil {
				t.Fatal(err)
			}
			undone := errors.New("undone")
			err := s.Update(func(tx Tx) error {
				if err := errors.Join(put(tx, "b/3"), Save(tx, Sessions, "b/1", "changed"), tx.Delete(Sessions, "c"),
					tx.Delete(Sessions, "not there"), Save(tx, Sessions, "b/1", "changed again")); err != nil {
					return err
				}
				if got := tx.Keys(Sessions, "b/"); !slices.Equal(got, []string{"b/1", "b/2", "b/3"}) {
					t.Errorf("within the transaction the keys are %q", got)
				}
				return undone
			})
			if !errors.Is(err, undone) {
				t.Errorf("update returned %v, want what its function did", err)
			}
			err = s.View(func(tx Tx) error {
				if got := tx.Keys(Sessions, ""); !slices.Equal(got, []string{"a/1", "b/1", "b/2", "c"}) {
					t.Errorf("the keys are %q after an update that failed", got)
				}
				if got, err := Load[string](tx, Sessions, "b/1"); err != nil || *got != "b/1" {
					t.Errorf("the record is %v (%v) after an update that failed", got, err)
				}
				if got, err := Load[string](tx, Sessions, "b"); err != nil || got != nil {
					t.Errorf("a record that is not there is %v (%v)", got, err)
				}
				_, err := Load[int](tx, Sessions, "c")
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "sessions/c") {
				t.Errorf("a record of the wrong type gives %v, want an error that names it", err)
			}
		})
	}
}
