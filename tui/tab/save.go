package tab

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// noFolder is why nothing can be saved.
const noFolder = "There is no folder to save anything in."

// saveNew writes a new file with a mode, and returns its name. If a file of that name exists, it adds a number to the name.
func saveNew(folder, name, ending string, content []byte, mode fs.FileMode) (string, error) {
	for n := 1; ; n++ {
		full := name + ending
		if n > 1 {
			full = fmt.Sprintf("%s-%d%s", name, n, ending)
		}
		file, err := os.OpenFile(filepath.Join(folder, full), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.Write(content)
		return full, errors.Join(err, file.Close())
	}
}

// newFolder makes a folder that was not there, and returns its name, as saveNew does for a file.
func newFolder(folder, name string) (string, error) {
	for n := 1; ; n++ {
		full := name
		if n > 1 {
			full = fmt.Sprintf("%s-%d", name, n)
		}
		if err := os.Mkdir(filepath.Join(folder, full), 0o700); !errors.Is(err, fs.ErrExist) || n >= 1000 {
			return full, err
		}
	}
}
