// Command hankosim plays a native mobile app that logs in against a Hanko tenant.
package main

import (
	_ "embed"
	"os"

	"example.com/hankosim/internal/cli"
)

// version is set by the linker for a release; see Makefile.
var version = ""

// exampleConfig is what a new configuration file is made of.
//
//go:embed config.example.yaml
var exampleConfig string

func main() {
	os.Exit(cli.Main(version, exampleConfig))
}
