GOLANGCI = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GORELEASER = github.com/goreleaser/goreleaser/v2@v2.15.1

.PHONY: run build test lint bench fuzz golden pictures manual snapshot

run: ## walk a login; without configuration, on the embedded tenant
	go run .

build: ## the program, as ./hankosim
	go build -trimpath -ldflags "-s -w -X main.version=$$(git describe --tags --always --dirty)" -o hankosim .

test: ## every test, with the race detector
	go test -race -timeout 30m ./...

lint: ## formatting, doc comments and the usual mistakes
	go run $(GOLANGCI) run ./...

bench: ## the benchmarks, side by side with what they are measured against
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## every fuzz test for a short while
	@for package in $$(go list ./...); do \
		for test in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			go test -run '^$$' -fuzz "^$$test$$" -fuzztime 10s $$package || exit 1; \
		done; \
	done

pictures: ## the pictures of the documentation, from the real program; CAST=FILE takes the animated one from a recording
	go test ./internal/cli -run Picture -pictures "$(CURDIR)/docs" $(if $(CAST),-cast "$(abspath $(CAST))")

golden: ## rewrite every golden file of the repository, and the tables of the documentation, after a wanted change
	go test ./tui ./tui/demo ./tui/replay -run Golden -update
	go test ./hanko/export ./hanko/decode ./hanko/smoke -update
	go test ./internal/cli -run Docs -update

manual: ## the man pages, with the commit's date, and the completions for shells, as manual/
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) go test ./internal/cli -count 1 -run Manual -manual "$(CURDIR)/manual"

snapshot: ## what a release consists of, as dist/, without releasing anything
	go run $(GORELEASER) check
	go run $(GORELEASER) release --snapshot --clean
